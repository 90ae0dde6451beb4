// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dunlin::test {

/// One answer as it came over the wire. Status 0: the connection ended before one came.
struct raw_answer {
  unsigned status = 0;
  std::string head;
  std::string body;

  /// Returns the value of a header, empty if absent.
  [[nodiscard]] std::string header(std::string_view name) const;
};

/// A socket that sends what a well-behaved client never would. Every read gives up after 5 s.
class raw_connection {
 public:
  explicit raw_connection(std::uint16_t port);
  ~raw_connection();
  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  /// False if the peer has closed.
  bool send(std::string_view text);

  /// Reads one answer with its body.
  raw_answer read();

  /// Reads until `text` has come; returns all read so far and not yet taken, or nothing if the connection ended first.
  std::optional<std::string> read_until(std::string_view text);

  /// Waits a moment for the peer to close or speak.
  bool is_readable_within(int milliseconds) const;

  /// True once the peer has closed; what it still sends is dropped.
  bool is_closed_by_peer();

 private:
  bool fill();

  int socket_ = -1;
  std::string read_;
};

/// Returns a request with the right Host and token.
std::string request(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view more_headers = {});

inline constexpr std::string_view test_token = "0123456789abcdef";

}  // namespace dunlin::test

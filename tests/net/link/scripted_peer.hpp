// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coordination/link/outbox.hpp"
#include "coordination/link/session.hpp"

namespace dunlin::test {

/// A socket that is read and written only when the test says so. No read waits longer than 5 s.
class raw_socket {
 public:
  /// Calls a port of this machine.
  explicit raw_socket(std::uint16_t port);
  ~raw_socket();
  raw_socket(const raw_socket&) = delete;
  raw_socket& operator=(const raw_socket&) = delete;
  raw_socket(raw_socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

  /// Writes all of it; false if the other side has closed.
  bool write(bytes_view raw);

  /// Returns what has come, at least one byte; empty when the other side has closed or 5 s have passed.
  bytes read();

  /// Reads until the other side closes; false if it does not within 5 s.
  bool read_to_end(bytes& out);

 private:
  friend class raw_listener;
  struct adopted {
    int descriptor;
  };
  explicit raw_socket(adopted from);

  int descriptor_ = -1;
};

/// Takes calls on a free port.
class raw_listener {
 public:
  raw_listener();
  ~raw_listener();
  raw_listener(const raw_listener&) = delete;
  raw_listener& operator=(const raw_listener&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  raw_socket accept();

 private:
  int descriptor_ = -1;
  std::uint16_t port_ = 0;
};

/// Returns the first refusal among the frames in `raw`, or nothing.
std::optional<link::refusal> refusal_in(bytes_view raw);

/// One connection of a peer that knows the rules, and breaks them when told to. It does nothing by itself: no
/// heartbeats, no reading.
class scripted_peer final : link::session_port {
 public:
  struct options {
    std::string node = "scripted";
    std::uint64_t life = 99;
    link::channel role = link::channel::control;
    std::string secret = {};  ///< empty = the flock's
    bool returns_credit = true;
    bool heeds_credit = true;
  };
  scripted_peer(std::uint16_t port, options how);

  /// Reads and answers until the link is open; false if it does not come to that.
  bool shake_hands();

  /// Reads once and deals with it; false if nothing comes.
  bool read();

  /// Reads until so many messages have come in all.
  bool read_messages(std::size_t count);

  result<void> send(std::string_view kind, bytes_view body);
  bool write_raw(bytes_view raw) { return socket_.write(raw); }

  /// Returns credit for what came so far.
  void return_credit();

  /// Reads until the host ends this connection, and returns why it did; nothing if it does not.
  std::optional<error> end();

  /// Bodies, in order.
  [[nodiscard]] const std::vector<std::string>& messages() const noexcept { return messages_; }

 private:
  link::mac_tag sign(bytes_view text) override;
  bool verify(bytes_view text, bytes_view tag) override;
  result<void> admit(const link::hello&) override { return {}; }

  void perform();
  void see(link::say& said) { out_.say(said.kind, said.body); }
  void see(link::opened&);
  void see(link::received& message);
  void see(link::credit_returned& credit) { static_cast<void>(out_.add_credit(credit.consumed)); }
  void see(link::closed&) {}
  bool flush();

  options how_;
  raw_socket socket_;
  link::session session_;
  link::outbox out_;
  link::session_effects effects_;
  link::window unreturned_;
  std::vector<std::string> messages_;
};

}  // namespace dunlin::test

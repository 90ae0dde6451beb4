// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coordination/bytes.hpp"

namespace dunlin::json {

/// True if `text` is valid UTF-8 without surrogates and overlong forms. Source: RFC 3629.
bool is_utf8(std::string_view text) noexcept;

/// Writes compact JSON by appending. The caller opens and closes in order; commas are placed by themselves.
class writer {
 public:
  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  void key(std::string_view name);
  void put_null();
  void put(bool given);
  void put(std::int64_t given);
  void put(std::uint64_t given);

  /// An infinite number or NaN becomes null: JSON has no word for them.
  void put(double given);

  /// Invalid UTF-8 is replaced by U+FFFD, byte by byte.
  void put(std::string_view given);

  /// A string if `given` is UTF-8, else `{"base64": "…"}`.
  void put(bytes_view given);

  [[nodiscard]] std::string take() && { return std::move(out_); }

 private:
  void open(char bracket);
  void close(char bracket);
  void separate();
  void put_quoted(std::string_view text);

  std::string out_;
  bool first_ = true;
};

}  // namespace dunlin::json

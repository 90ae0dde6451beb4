// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/errc.hpp"
#include "coordination/export.hpp"

namespace dunlin::codec {

/// What a reader accepts; unless told, as from a stranger.
struct read_limits {
  std::uint32_t array_size = 4096;
  std::uint32_t text_bytes = 192 * 1024;
  std::uint32_t binary_bytes = 256 * 1024;  // room for an envelope around an inline payload
  std::uint32_t depth = 16;
  bool utf8_only = true;  ///< false: a text's bytes are taken as they are
  bool older = false;     ///< true: fields that a struct has at its end now may be missing; they keep their values
};

/// Reads msgpack values from a borrowed buffer. The first violation sticks: every later read returns a zero value, so
/// that a caller checks once, at the end. Claimed sizes are compared with the bytes that are left before anything is
/// allocated. Extension types are refused. Source: the MessagePack specification.
class DUNLIN_EXPORT reader {
 public:
  explicit reader(bytes_view in, read_limits limits = {}) noexcept : in_(in), limits_(limits) {}

  bool get_bool() noexcept;
  std::uint64_t get_uint() noexcept;
  std::int64_t get_int() noexcept;
  float get_float32() noexcept;
  double get_float64() noexcept;

  /// Returns a view into the buffer, checked to be UTF-8 where the limits say so.
  std::string_view get_text() noexcept;

  /// Returns a view into the buffer.
  bytes_view get_binary() noexcept;

  /// Returns how many values follow: never more than bytes are left.
  std::uint32_t get_array() noexcept;

  /// Returns whether a struct may be of a version that had fewer fields.
  [[nodiscard]] bool takes_older() const noexcept { return limits_.older; }

  /// Takes a nil and returns true if one is next, else leaves the value alone.
  bool take_nil() noexcept;

  /// Raises the nesting depth; call around the elements of an array. Returns false when too deep.
  bool enter() noexcept;
  void leave() noexcept { --depth_; }

  /// Refuses the rest; the first refusal is kept. Errors: malformed, wrong_type, too_large.
  void refuse(errc why) noexcept;

  /// Errors: the first violation, or malformed if bytes are left over.
  [[nodiscard]] errc finish() const noexcept;

  [[nodiscard]] errc status() const noexcept { return status_; }
  [[nodiscard]] bool ok() const noexcept { return status_ == errc::none; }
  [[nodiscard]] std::size_t remaining() const noexcept { return in_.size() - at_; }

 private:
  std::uint8_t next_byte() noexcept;
  std::uint64_t next_big_endian(std::size_t width) noexcept;
  bytes_view next_bytes(std::uint64_t count, std::uint32_t limit) noexcept;

  bytes_view in_;
  read_limits limits_;
  std::size_t at_ = 0;
  std::uint32_t depth_ = 0;
  errc status_ = errc::none;
};

}  // namespace dunlin::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/export.hpp"

namespace dunlin::codec {

/// Appends msgpack values to a buffer, each in its shortest form. Floats keep every bit, NaN and infinities included.
/// Source: the MessagePack specification.
class DUNLIN_EXPORT writer {
 public:
  /// Appends to `out`, which must outlive the writer.
  explicit writer(bytes& out) noexcept : out_(out) {}

  void put_nil();
  void put_bool(bool value);
  void put_uint(std::uint64_t value);
  void put_int(std::int64_t value);
  void put_float32(float value);
  void put_float64(double value);
  void put_text(std::string_view value);
  void put_binary(bytes_view value);

  /// Announces `count` values that follow.
  void put_array(std::uint32_t count);

  /// Announces `count` pairs of key and value that follow.
  void put_map(std::uint32_t count);

 private:
  void put_byte(std::uint8_t value) { out_.push_back(static_cast<std::byte>(value)); }
  template <class Unsigned>
  void put_big_endian(std::uint8_t tag, Unsigned value);

  bytes& out_;
};

}  // namespace dunlin::codec

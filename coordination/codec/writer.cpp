// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/writer.hpp"

#include <bit>
#include <limits>

namespace dunlin::codec {

template <class Unsigned>
void writer::put_big_endian(std::uint8_t tag, Unsigned value) {
  std::byte raw[1 + sizeof(Unsigned)];
  raw[0] = static_cast<std::byte>(tag);
  for (std::size_t i = 0; i < sizeof(Unsigned); ++i)
    raw[1 + i] = static_cast<std::byte>(value >> (8 * (sizeof(Unsigned) - 1 - i)));
  out_.insert(out_.end(), raw, raw + sizeof raw);
}

void writer::put_nil() { put_byte(0xc0); }

void writer::put_bool(bool value) { put_byte(value ? 0xc3 : 0xc2); }

void writer::put_uint(std::uint64_t value) {
  if (value < 0x80)
    put_byte(static_cast<std::uint8_t>(value));
  else if (value <= std::numeric_limits<std::uint8_t>::max())
    put_big_endian(0xcc, static_cast<std::uint8_t>(value));
  else if (value <= std::numeric_limits<std::uint16_t>::max())
    put_big_endian(0xcd, static_cast<std::uint16_t>(value));
  else if (value <= std::numeric_limits<std::uint32_t>::max())
    put_big_endian(0xce, static_cast<std::uint32_t>(value));
  else
    put_big_endian(0xcf, value);
}

void writer::put_int(std::int64_t value) {
  if (value >= 0)
    put_uint(static_cast<std::uint64_t>(value));
  else if (value >= -32)
    put_byte(static_cast<std::uint8_t>(value));
  else if (value >= std::numeric_limits<std::int8_t>::min())
    put_big_endian(0xd0, static_cast<std::uint8_t>(value));
  else if (value >= std::numeric_limits<std::int16_t>::min())
    put_big_endian(0xd1, static_cast<std::uint16_t>(value));
  else if (value >= std::numeric_limits<std::int32_t>::min())
    put_big_endian(0xd2, static_cast<std::uint32_t>(value));
  else
    put_big_endian(0xd3, static_cast<std::uint64_t>(value));
}

void writer::put_float32(float value) { put_big_endian(0xca, std::bit_cast<std::uint32_t>(value)); }

void writer::put_float64(double value) { put_big_endian(0xcb, std::bit_cast<std::uint64_t>(value)); }

void writer::put_text(std::string_view value) {
  const auto size = value.size();
  if (size < 32)
    put_byte(static_cast<std::uint8_t>(0xa0 | size));
  else if (size <= 0xff)
    put_big_endian(0xd9, static_cast<std::uint8_t>(size));
  else if (size <= 0xffff)
    put_big_endian(0xda, static_cast<std::uint16_t>(size));
  else
    put_big_endian(0xdb, static_cast<std::uint32_t>(size));
  const auto raw = as_bytes(value);
  out_.insert(out_.end(), raw.begin(), raw.end());
}

void writer::put_binary(bytes_view value) {
  const auto size = value.size();
  if (size <= 0xff)
    put_big_endian(0xc4, static_cast<std::uint8_t>(size));
  else if (size <= 0xffff)
    put_big_endian(0xc5, static_cast<std::uint16_t>(size));
  else
    put_big_endian(0xc6, static_cast<std::uint32_t>(size));
  out_.insert(out_.end(), value.begin(), value.end());
}

void writer::put_array(std::uint32_t count) {
  if (count < 16)
    put_byte(static_cast<std::uint8_t>(0x90 | count));
  else if (count <= 0xffff)
    put_big_endian(0xdc, static_cast<std::uint16_t>(count));
  else
    put_big_endian(0xdd, count);
}

void writer::put_map(std::uint32_t count) {
  if (count < 16)
    put_byte(static_cast<std::uint8_t>(0x80 | count));
  else if (count <= 0xffff)
    put_big_endian(0xde, static_cast<std::uint16_t>(count));
  else
    put_big_endian(0xdf, count);
}

}  // namespace dunlin::codec

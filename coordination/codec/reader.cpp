// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/reader.hpp"

#include <bit>
#include <limits>

#include "coordination/codec/wire_text.hpp"

namespace dunlin::codec {

void reader::refuse(errc why) noexcept {
  if (status_ == errc::none) status_ = why;
  at_ = in_.size();
}

errc reader::finish() const noexcept {
  if (status_ != errc::none) return status_;
  return at_ == in_.size() ? errc::none : errc::malformed;
}

std::uint8_t reader::next_byte() noexcept {
  if (at_ >= in_.size()) {
    refuse(errc::malformed);
    return 0xc1;  // the one byte that starts no value
  }
  return static_cast<std::uint8_t>(in_[at_++]);
}

std::uint64_t reader::next_big_endian(std::size_t width) noexcept {
  if (remaining() < width) {
    refuse(errc::malformed);
    return 0;
  }
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = (value << 8) | static_cast<std::uint8_t>(in_[at_++]);
  return value;
}

bytes_view reader::next_bytes(std::uint64_t count, std::uint32_t limit) noexcept {
  if (!ok()) return {};
  if (count > limit) {
    refuse(errc::too_large);
    return {};
  }
  if (count > remaining()) {
    refuse(errc::malformed);
    return {};
  }
  const auto out = in_.subspan(at_, static_cast<std::size_t>(count));
  at_ += static_cast<std::size_t>(count);
  return out;
}

bool reader::take_nil() noexcept {
  if (remaining() == 0 || static_cast<std::uint8_t>(in_[at_]) != 0xc0) return false;
  ++at_;
  return true;
}

bool reader::get_bool() noexcept {
  const auto tag = next_byte();
  if (tag != 0xc2 && tag != 0xc3) refuse(errc::wrong_type);
  return tag == 0xc3;
}

std::uint64_t reader::get_uint() noexcept {
  const auto tag = next_byte();
  if (tag < 0x80) return tag;
  if (tag >= 0xcc && tag <= 0xcf) return next_big_endian(std::size_t{1} << (tag - 0xcc));
  refuse(errc::wrong_type);
  return 0;
}

std::int64_t reader::get_int() noexcept {
  const auto tag = next_byte();
  if (tag < 0x80) return tag;
  if (tag >= 0xe0) return static_cast<std::int8_t>(tag);
  if (tag >= 0xcc && tag <= 0xcf) {
    const auto value = next_big_endian(std::size_t{1} << (tag - 0xcc));
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) refuse(errc::wrong_type);
    return ok() ? static_cast<std::int64_t>(value) : 0;
  }
  switch (tag) {
    case 0xd0:
      return static_cast<std::int8_t>(next_big_endian(1));
    case 0xd1:
      return static_cast<std::int16_t>(next_big_endian(2));
    case 0xd2:
      return static_cast<std::int32_t>(next_big_endian(4));
    case 0xd3:
      return static_cast<std::int64_t>(next_big_endian(8));
    default:
      refuse(errc::wrong_type);
      return 0;
  }
}

float reader::get_float32() noexcept {
  if (next_byte() != 0xca) refuse(errc::wrong_type);
  return std::bit_cast<float>(static_cast<std::uint32_t>(next_big_endian(4)));
}

double reader::get_float64() noexcept {
  if (next_byte() != 0xcb) refuse(errc::wrong_type);
  return std::bit_cast<double>(next_big_endian(8));
}

std::string_view reader::get_text() noexcept {
  const auto tag = next_byte();
  std::uint64_t size = 0;
  if ((tag & 0xe0) == 0xa0)
    size = tag & 0x1f;
  else if (tag >= 0xd9 && tag <= 0xdb)
    size = next_big_endian(std::size_t{1} << (tag - 0xd9));
  else
    refuse(errc::wrong_type);
  const auto text = as_text(next_bytes(size, limits_.text_bytes));
  if (limits_.utf8_only && !is_utf8(text)) refuse(errc::malformed);
  return ok() ? text : std::string_view{};
}

bytes_view reader::get_binary() noexcept {
  const auto tag = next_byte();
  if (tag < 0xc4 || tag > 0xc6) {
    refuse(errc::wrong_type);
    return {};
  }
  return next_bytes(next_big_endian(std::size_t{1} << (tag - 0xc4)), limits_.binary_bytes);
}

std::uint32_t reader::get_array() noexcept {
  const auto tag = next_byte();
  std::uint64_t count = 0;
  if ((tag & 0xf0) == 0x90)
    count = tag & 0x0f;
  else if (tag == 0xdc || tag == 0xdd)
    count = next_big_endian(tag == 0xdc ? 2 : 4);
  else
    refuse(errc::wrong_type);
  if (ok() && count > limits_.array_size) refuse(errc::too_large);
  if (ok() && count > remaining())  // every value takes a byte at least
    refuse(errc::malformed);
  return ok() ? static_cast<std::uint32_t>(count) : 0;
}

bool reader::enter() noexcept {
  if (++depth_ <= limits_.depth) return true;
  refuse(errc::too_large);
  return false;
}

}  // namespace dunlin::codec

// SPDX-License-Identifier: Apache-2.0
// The same values through msgpack-cxx, by its own packer and its own objects.
#pragma once

#include <array>
#include <bit>
#include <msgpack.hpp>

#include "tests/coordination/codec/any_value.hpp"

namespace dunlin::test {

using reference_packer = msgpack::packer<msgpack::sbuffer>;

/// msgpack-cxx writes a double that is a whole number as an integer. Its reader is the witness that this is a float64.
inline void pack_float64(reference_packer& out, double value) {
  const auto word = std::bit_cast<std::uint64_t>(value);
  std::array<char, 9> raw{'\xcb'};
  for (std::size_t i = 0; i < 8; ++i) raw[i + 1] = static_cast<char>(word >> (56 - 8 * i) & 0xff);
  out.pack_bin_body(raw.data(), raw.size());
}

template <class T>
void pack_reference(reference_packer& out, const T& value) {
  if constexpr (std::same_as<T, bool>) {
    value ? out.pack_true() : out.pack_false();
  } else if constexpr (std::is_enum_v<T>) {
    pack_reference(out, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::signed_integral<T>) {
    out.pack_int64(value);
  } else if constexpr (std::unsigned_integral<T>) {
    out.pack_uint64(value);
  } else if constexpr (std::same_as<T, double>) {
    pack_float64(out, value);
  } else if constexpr (codec::is_duration<T>) {
    out.pack_int64(value.count());
  } else if constexpr (std::same_as<T, std::string>) {
    out.pack_str(static_cast<std::uint32_t>(value.size()));
    out.pack_str_body(value.data(), static_cast<std::uint32_t>(value.size()));
  } else if constexpr (std::same_as<T, bytes>) {
    out.pack_bin(static_cast<std::uint32_t>(value.size()));
    out.pack_bin_body(reinterpret_cast<const char*>(value.data()), static_cast<std::uint32_t>(value.size()));
  } else if constexpr (codec::detail::is_vector<T>) {
    out.pack_array(static_cast<std::uint32_t>(value.size()));
    for (const auto& each : value) pack_reference(out, each);
  } else {
    std::apply(
        [&out](const auto&... field) {
          out.pack_array(sizeof...(field));
          (pack_reference(out, field), ...);
        },
        T::fields(value));
  }
}

/// Returns what msgpack-cxx writes.
template <class T>
bytes reference_wire(const T& value) {
  msgpack::sbuffer buffer;
  reference_packer out{buffer};
  pack_reference(out, value);
  const auto* raw = reinterpret_cast<const std::byte*>(buffer.data());
  return {raw, raw + buffer.size()};
}

/// True if msgpack-cxx sees in `seen` just `value`, and of the right type.
template <class T>
bool shows(const msgpack::object& seen, const T& value) {
  using msgpack::type::object_type;
  if constexpr (std::same_as<T, bool>) {
    return seen.type == object_type::BOOLEAN && seen.via.boolean == value;
  } else if constexpr (std::is_enum_v<T>) {
    return shows(seen, static_cast<std::underlying_type_t<T>>(value));
  } else if constexpr (std::integral<T>) {
    if (seen.type == object_type::NEGATIVE_INTEGER) return std::cmp_equal(seen.via.i64, value);
    return seen.type == object_type::POSITIVE_INTEGER && std::cmp_equal(seen.via.u64, value);
  } else if constexpr (std::same_as<T, float>) {
    return seen.type == object_type::FLOAT32 && same(static_cast<float>(seen.via.f64), value);
  } else if constexpr (std::same_as<T, double>) {
    return seen.type == object_type::FLOAT64 && same(seen.via.f64, value);
  } else if constexpr (codec::is_duration<T>) {
    return shows(seen, value.count());
  } else if constexpr (std::same_as<T, std::string>) {
    return seen.type == object_type::STR && std::string_view{seen.via.str.ptr, seen.via.str.size} == value;
  } else if constexpr (std::same_as<T, bytes>) {
    return seen.type == object_type::BIN && std::string_view{seen.via.bin.ptr, seen.via.bin.size} == as_text(value);
  } else if constexpr (codec::detail::is_vector<T>) {
    if (seen.type != object_type::ARRAY || seen.via.array.size != value.size()) return false;
    for (std::size_t i = 0; i < value.size(); ++i)
      if (!shows(seen.via.array.ptr[i], value[i])) return false;
    return true;
  } else {
    return std::apply(
        [&seen](const auto&... field) {
          if (seen.type != object_type::ARRAY || seen.via.array.size != sizeof...(field)) return false;
          std::uint32_t at = 0;
          return (shows(seen.via.array.ptr[at++], field) && ...);
        },
        T::fields(value));
  }
}

/// True if msgpack-cxx reads `value`, and nothing after it, from `raw`.
template <class T>
bool reference_reads(bytes_view raw, const T& value) {
  std::size_t at = 0;
  const auto text = as_text(raw);
  const auto handle = msgpack::unpack(text.data(), text.size(), at);
  return at == raw.size() && shows(handle.get(), value);
}

}  // namespace dunlin::test

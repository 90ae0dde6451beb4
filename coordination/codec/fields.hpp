// SPDX-License-Identifier: Apache-2.0
// Derives the wire form of a struct from its one list of fields: an array of the fields in order.
#pragma once

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "coordination/codec/reader.hpp"
#include "coordination/codec/writer.hpp"
#include "coordination/result.hpp"

namespace dunlin::codec {

/// A struct that lists its fields once: `static auto fields(auto& m) { return std::tie(m.a, m.b); }`.
template <class T>
concept has_fields = requires(T& m) {
  T::fields(m);
};

template <class T>
concept is_duration = requires {
  typename T::rep;
  typename T::period;
}
&&std::same_as<T, std::chrono::duration<typename T::rep, typename T::period>>;

/// Appends `value` to `out`.
template <class T>
void encode(writer& out, const T& value);

/// Reads into `value`. A violation sticks in `in`; `value` is then unspecified but valid.
template <class T>
void decode(reader& in, T& value);

namespace detail {

template <class T, class A>
void encode_elements(writer& out, const std::vector<T, A>& values) {
  out.put_array(static_cast<std::uint32_t>(values.size()));
  for (const auto& value : values) encode(out, value);
}

template <class T, class A>
void decode_elements(reader& in, std::vector<T, A>& values) {
  values.clear();
  const auto count = in.get_array();
  if (!in.enter()) return;
  values.reserve(count);
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) decode(in, values.emplace_back());
  in.leave();
}

template <class Integer>
void decode_integer(reader& in, Integer& value) {
  if constexpr (std::is_signed_v<Integer>) {
    const auto wide = in.get_int();
    if (wide < std::numeric_limits<Integer>::min() || wide > std::numeric_limits<Integer>::max())
      in.refuse(errc::wrong_type);
    value = static_cast<Integer>(wide);
  } else {
    const auto wide = in.get_uint();
    if (wide > std::numeric_limits<Integer>::max()) in.refuse(errc::wrong_type);
    value = static_cast<Integer>(wide);
  }
}

template <class T>
void encode_fields(writer& out, const T& value) {
  std::apply(
      [&](const auto&... field) {
        out.put_array(sizeof...(field));
        (encode(out, field), ...);
      },
      T::fields(value));
}

template <class T>
void decode_fields(reader& in, T& value) {
  std::apply(
      [&](auto&... field) {
        auto there = in.get_array();
        if (there > sizeof...(field) || (there < sizeof...(field) && !in.takes_older())) in.refuse(errc::wrong_type);
        if (!in.enter()) return;
        ((there > 0 ? (--there, decode(in, field)) : void()), ...);
        in.leave();
      },
      T::fields(value));
}

template <class T>
inline constexpr bool is_vector = false;
template <class T, class A>
inline constexpr bool is_vector<std::vector<T, A>> = true;

}  // namespace detail

template <class T>
void encode(writer& out, const T& value) {
  if constexpr (std::same_as<T, bool>)
    out.put_bool(value);
  else if constexpr (std::is_enum_v<T>)
    encode(out, static_cast<std::underlying_type_t<T>>(value));
  else if constexpr (std::signed_integral<T>)
    out.put_int(value);
  else if constexpr (std::unsigned_integral<T>)
    out.put_uint(value);
  else if constexpr (std::same_as<T, float>)
    out.put_float32(value);
  else if constexpr (std::same_as<T, double>)
    out.put_float64(value);
  else if constexpr (is_duration<T>)
    out.put_int(value.count());
  else if constexpr (std::same_as<T, std::string>)
    out.put_text(value);
  else if constexpr (std::same_as<T, bytes>)
    out.put_binary(value);
  else if constexpr (detail::is_vector<T>)
    detail::encode_elements(out, value);
  else
    detail::encode_fields(out, value);
}

template <class T>
void decode(reader& in, T& value) {
  if constexpr (std::same_as<T, bool>)
    value = in.get_bool();
  else if constexpr (std::is_enum_v<T>) {
    std::underlying_type_t<T> number{};
    detail::decode_integer(in, number);
    if constexpr (requires { enum_last(T{}); })
      if (number > static_cast<std::underlying_type_t<T>>(enum_last(T{}))) in.refuse(errc::wrong_type);
    value = in.ok() ? static_cast<T>(number) : T{};
  } else if constexpr (std::integral<T>)
    detail::decode_integer(in, value);
  else if constexpr (std::same_as<T, float>)
    value = in.get_float32();
  else if constexpr (std::same_as<T, double>)
    value = in.get_float64();
  else if constexpr (is_duration<T>)
    value = T{in.get_int()};
  else if constexpr (std::same_as<T, std::string>)
    value = in.get_text();
  else if constexpr (std::same_as<T, bytes>) {
    const auto raw = in.get_binary();
    value.assign(raw.begin(), raw.end());
  } else if constexpr (detail::is_vector<T>)
    detail::decode_elements(in, value);
  else
    detail::decode_fields(in, value);
}

/// Returns the wire form of `value`.
template <class T>
bytes to_wire(const T& value) {
  bytes out;
  writer w{out};
  encode(w, value);
  return out;
}

/// Reads a whole message. Errors: malformed, wrong_type, too_large.
template <class T>
result<T> from_wire(bytes_view raw, read_limits limits = {}) {
  T value{};
  reader in{raw, limits};
  decode(in, value);
  if (const auto why = in.finish(); why != errc::none)
    return fail(why, "a message of " + std::to_string(raw.size()) + " bytes does not decode");
  return value;
}

}  // namespace dunlin::codec

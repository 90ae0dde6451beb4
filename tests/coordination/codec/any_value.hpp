// SPDX-License-Identifier: Apache-2.0
// Values of every type that the codec knows, from a seed; sizes and numbers lie mostly where a form of msgpack ends.
#pragma once

#include <array>
#include <bit>
#include <random>
#include <string>

#include "coordination/codec/fields.hpp"

namespace dunlin::test {

class any_value {
 public:
  explicit any_value(std::uint64_t seed) : random_(seed) {}

  template <class T>
  T make() {
    T out{};
    fill(out);
    return out;
  }

  template <class T>
  void fill(T& value) {
    if constexpr (std::same_as<T, bool>)
      value = below(2) == 1;
    else if constexpr (std::is_enum_v<T>)
      value = any_enum<T>();
    else if constexpr (std::integral<T>)
      value = any_number<T>();
    else if constexpr (std::same_as<T, float>)
      value = std::bit_cast<float>(static_cast<std::uint32_t>(random_()));
    else if constexpr (std::same_as<T, double>)
      value = std::bit_cast<double>(random_());
    else if constexpr (codec::is_duration<T>)
      value = T{any_number<typename T::rep>()};
    else if constexpr (std::same_as<T, std::string>)
      value = any_text();
    else if constexpr (std::same_as<T, bytes>)
      value = any_bytes();
    else if constexpr (codec::detail::is_vector<T>)
      fill_elements(value);
    else
      std::apply([this](auto&... field) { (fill(field), ...); }, T::fields(value));
  }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }

  /// As many bits as come up, so that every width of the format does.
  template <class T>
  T any_number() {
    constexpr unsigned width = sizeof(T) * 8;
    const auto bits = random_() >> below(64) & (~std::uint64_t{0} >> (64 - width));
    const auto edge = static_cast<std::uint64_t>(1) << below(width);
    const std::array<std::uint64_t, 4> choices{bits, edge, edge - 1, ~bits};
    return static_cast<T>(choices[below(choices.size())]);
  }

  template <class T>
  T any_enum() {
    using number = std::underlying_type_t<T>;
    if constexpr (requires { enum_last(T{}); })
      return static_cast<T>(below(static_cast<std::uint64_t>(enum_last(T{})) + 1));
    else
      return static_cast<T>(any_number<number>());
  }

  std::size_t any_size() {
    constexpr std::array<std::size_t, 8> sizes{0, 1, 3, 15, 31, 32, 255, 256};
    return below(8) == 0 ? sizes[below(sizes.size())] : below(6);
  }

  std::string any_text() {
    constexpr std::array<const char*, 6> letters{"a", "Z", " ", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\xa6\x86"};
    std::string out;
    for (auto left = any_size(); left > 0; --left) out += letters[below(letters.size())];
    return out;
  }

  bytes any_bytes() {
    bytes out(any_size());
    for (auto& each : out) each = static_cast<std::byte>(random_());
    return out;
  }

  template <class T>
  void fill_elements(std::vector<T>& values) {
    values.resize(depth_ > 0 ? below(3) : (below(6) == 0 ? 14 + below(4) : below(4)));
    ++depth_;
    for (auto& each : values) fill(each);
    --depth_;
  }

  std::mt19937_64 random_;
  int depth_ = 0;
};

/// Compares field by field; floats by their bits.
template <class T>
bool same(const T& a, const T& b) {
  if constexpr (std::same_as<T, float>)
    return std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
  else if constexpr (std::same_as<T, double>)
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
  else if constexpr (codec::has_fields<T>)
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
      const auto left = T::fields(a);
      const auto right = T::fields(b);
      return (same(std::get<I>(left), std::get<I>(right)) && ...);
    }
  (std::make_index_sequence<std::tuple_size_v<decltype(T::fields(a))>>{});
  else if constexpr (codec::detail::is_vector<T> && !std::same_as<T, bytes>) return std::equal(
      a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) { return same(x, y); });
  else return a == b;
}

}  // namespace dunlin::test

// SPDX-License-Identifier: Apache-2.0
// Fills any struct that lists its fields with random values: whatever a field is called, it is not forgotten.
#pragma once

#include <random>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "coordination/codec/fields.hpp"

namespace dunlin::testing {

class scrambler {
 public:
  explicit scrambler(std::uint64_t seed) : random_(seed) {}

  template <class T>
  T make() {
    T out{};
    fill(out);
    return out;
  }

  std::uint64_t below(std::uint64_t bound) {
    return std::uniform_int_distribution<std::uint64_t>{0, bound - 1}(random_);
  }

 private:
  template <class T>
  void fill(T& value) {
    if constexpr (std::is_same_v<T, bool>)
      value = below(2) == 1;
    else if constexpr (std::is_enum_v<T> && requires { enum_last(T{}); })
      value = static_cast<T>(below(static_cast<std::uint64_t>(enum_last(T{})) + 1));
    else if constexpr (std::is_enum_v<T>)
      value = static_cast<T>(below(100));
    else if constexpr (std::is_integral_v<T>)
      value = static_cast<T>(random_() >> below(64));
    else if constexpr (codec::is_duration<T>)
      value = T{static_cast<typename T::rep>(random_() >> below(64))};
    else if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, bytes>)
      fill_raw(value);
    else if constexpr (requires { value.emplace_back(); })
      for (auto count = below(4); count > 0; --count) fill(value.emplace_back());
    else
      std::apply([this](auto&... field) { (fill(field), ...); }, T::fields(value));
  }

  template <class Raw>
  void fill_raw(Raw& value) {
    value.resize(below(40));  // any bytes, also in a text
    for (auto& each : value) each = static_cast<typename Raw::value_type>(below(256));
  }

  std::mt19937_64 random_;
};

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
// One description of a struct serves both directions: `describe(visitor, struct)` names each member once, and the
// visitor is a writer or a reader. Structs of coordination that list `fields` and `field_names` need none of their own.
#pragma once

#include <concepts>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin::json {

template <class T>
concept lists_its_names = requires(T& m) {
  T::fields(m);
  T::field_names.size();
};

/// Calls `visit(name, member)` for each member of `m`, in order.
template <class Visitor, lists_its_names T>
void describe(Visitor& visit, T& m) {
  auto members = std::remove_const_t<T>::fields(m);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(std::remove_const_t<T>::field_names[I], std::get<I>(members)), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<decltype(members)>>{});
}

template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <class T>
inline constexpr bool is_strong_id = false;
template <class Tag>
inline constexpr bool is_strong_id<strong_id<Tag>> = true;

template <class T>
inline constexpr bool is_duration = false;
template <class Rep, class Period>
inline constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

}  // namespace dunlin::json

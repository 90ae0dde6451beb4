// SPDX-License-Identifier: Apache-2.0
// How enumerations are spelled in JSON.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "coordination/sharing/contract/contract_view.hpp"
#include "coordination/tasks/task_spec.hpp"
#include "coordination/tasks/task_state.hpp"

namespace dunlin::json {

template <class Enum, std::size_t N>
constexpr std::string_view name_in(const std::array<std::string_view, N>& names, Enum value) noexcept {
  const auto index = static_cast<std::size_t>(value);
  return index < N ? names[index] : "unknown";
}

inline std::string_view name_of(sharing_pattern value) noexcept { return to_string(value); }

/// How an order to share a device names its pattern: the coordinator chooses among any.
inline std::string_view name_in_order(sharing_pattern value) noexcept {
  return value == sharing_pattern::any ? "automatic" : to_string(value);
}

constexpr std::string_view name_of(isolation_mode value) noexcept {
  constexpr std::array<std::string_view, 4> names{"auto", "thread", "process", "async"};
  return name_in(names, value);
}

constexpr std::string_view name_of(lapse_rule value) noexcept {
  constexpr std::array<std::string_view, 2> names{"kill", "continue"};
  return name_in(names, value);
}

inline std::string_view name_of(contract_state value) noexcept { return to_string(value); }
inline std::string_view name_of(enforcement value) noexcept { return to_string(value); }
inline std::string_view name_of(exactness value) noexcept { return to_string(value); }
inline std::string_view name_of(task_state value) noexcept { return to_string(value); }
inline std::string_view name_of(pending_reason value) noexcept { return to_string(value); }
inline std::string_view name_of(transition value) noexcept { return to_string(value); }
inline std::string_view name_of(errc value) noexcept { return to_string(value); }

/// Returns every value of an enumeration with its `enum_last`, by name.
template <class Enum>
std::vector<std::string_view> all_names() {
  std::vector<std::string_view> out;
  for (int i = 0; i <= static_cast<int>(enum_last(Enum{})); ++i) out.push_back(name_of(static_cast<Enum>(i)));
  return out;
}

/// Returns the value with this name, or nothing.
template <class Enum>
std::optional<Enum> from_name(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(enum_last(Enum{})); ++i)
    if (name_of(static_cast<Enum>(i)) == name) return static_cast<Enum>(i);
  return std::nullopt;
}

/// Returns what an order to share a device may name.
inline std::vector<std::string_view> patterns_in_order() {
  auto out = all_names<sharing_pattern>();
  out[static_cast<std::size_t>(sharing_pattern::any)] = name_in_order(sharing_pattern::any);
  return out;
}

inline std::optional<sharing_pattern> pattern_in_order(std::string_view name) {
  if (name == name_in_order(sharing_pattern::any)) return sharing_pattern::any;
  const auto named = from_name<sharing_pattern>(name);
  return named == sharing_pattern::any ? std::nullopt : named;
}

/// Codes have gaps between their numbers; an unknown name is `internal`.
template <>
inline std::optional<errc> from_name<errc>(std::string_view name) {
  return errc_from_string(name);
}

}  // namespace dunlin::json

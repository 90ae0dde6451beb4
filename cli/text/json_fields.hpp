// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "net/json/value.hpp"

namespace dunlin::cli {

/// Returns the text of `key`; empty if it is not there or something else.
template <class T>
T field_of(const json::object& of, std::string_view key) {
  for (const auto& [name, content] : of)
    if (const auto* same = name == key ? std::get_if<T>(&content.data) : nullptr) return *same;
  return {};
}

/// Returns the whole number of `key`; 0 if it is not there or something else.
template <class T>
T number_of(const json::object& of, std::string_view key) {
  for (const auto& [name, content] : of) {
    if (name != key) continue;
    if (const auto* whole = std::get_if<std::int64_t>(&content.data)) return static_cast<T>(*whole);
    if (const auto* whole = std::get_if<std::uint64_t>(&content.data)) return static_cast<T>(*whole);
  }
  return 0;
}

}  // namespace dunlin::cli

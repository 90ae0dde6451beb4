// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "coordination/export.hpp"

namespace dunlin::json {

/// Returns the candidate that needs the fewest edits to become `wanted`; empty if none is at all alike.
/// Source: Wagner and Fischer, JACM 1974, with swapped neighbours as one edit.
DUNLIN_EXPORT std::string_view nearest(std::string_view wanted, std::span<const std::string_view> candidates);

/// Returns `did you mean 'X'?`, or all candidates if none is alike.
DUNLIN_EXPORT std::string suggestion(std::string_view wanted, std::span<const std::string_view> candidates);

}  // namespace dunlin::json

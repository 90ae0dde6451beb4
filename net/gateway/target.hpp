// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::net {

/// A request target, decoded.
struct DUNLIN_EXPORT http_target {
  std::string path;  ///< without a trailing slash, `/` alone stays
  std::vector<std::pair<std::string, std::string>> query;

  /// Returns the first value of `name`, or nullptr.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
};

/// Takes the origin form only (`/path?query`). Errors: malformed (another form, a bad escape, a control character).
DUNLIN_EXPORT result<http_target> parse_target(std::string_view text);

/// Refuses a query parameter that is none of `known`. Errors: unknown_field, with the nearest name.
DUNLIN_EXPORT result<void> expect_only(const http_target& target, std::span<const std::string_view> known);

}  // namespace dunlin::net

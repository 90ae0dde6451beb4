// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::json {

struct value;
struct member;
using array = std::vector<value>;
using object = std::vector<member>;  ///< in the order of the text, keys unique

/// One JSON value. Whole numbers keep their 64 bits; everything else with a point or an exponent is a double.
struct value {
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, array, object> data;
};

struct member {
  std::string key;
  value content;
};

/// What a text may cost before it is refused.
struct parse_limits {
  std::size_t depth = 32;
  std::size_t bytes = 64U << 20U;
};

/// Parses one whole document. Refuses duplicate keys, invalid UTF-8, numbers beyond a double and text after the end.
/// Errors: malformed (line and column), too_large (bytes or depth), duplicate keys as malformed with their path.
DUNLIN_EXPORT result<value> parse(std::string_view text, parse_limits limits = {});

/// Returns what `v` is, in words: `a number`, `a string`, …
std::string_view type_name(const value& v) noexcept;

}  // namespace dunlin::json

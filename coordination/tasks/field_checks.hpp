// SPDX-License-Identifier: Apache-2.0
// Private to the validation of tasks: what is asked of single fields. Each check names the field by its path in the
// spec.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// Why a field was refused.
struct refusal {
  errc code = errc::invalid_argument;
  std::string field;
  std::string cause;
  std::string hint;
};
using verdict = std::optional<refusal>;

/// Returns it in quotes, cut if it is long.
std::string quoted(std::string_view text);

/// Returns `list[index]`.
std::string item(std::string_view list, std::size_t index);

verdict out_of_range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high);

/// Inline, since every task passes it many times.
inline verdict check_range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high) {
  if (value >= low && value <= high) [[likely]]
    return {};
  return out_of_range(field, value, low, high);
}

verdict check_size(std::string_view field, std::size_t size, std::size_t limit, std::string_view unit);
verdict check_name(std::string_view field, std::string_view name);

/// Names, each once.
verdict check_names(std::string_view list, const std::vector<std::string>& names, std::size_t limit);

/// Returns the first value that `texts` hold twice.
std::optional<std::string_view> find_twin(std::vector<std::string_view> texts);

}  // namespace dunlin

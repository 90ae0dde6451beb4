// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/field_checks.hpp"

#include <algorithm>

#include "coordination/tasks/validation.hpp"

namespace dunlin {

namespace {

constexpr std::string_view name_form = "use 1 to 64 characters of A-Z a-z 0-9 . _ -";

}  // namespace

std::string quoted(std::string_view text) {
  const auto shown = text.substr(0, 64);
  return "'" + std::string{shown} + (shown.size() < text.size() ? "...'" : "'");
}

std::string item(std::string_view list, std::size_t index) {
  return std::string{list} + "[" + std::to_string(index) + "]";
}

verdict out_of_range(std::string_view field, std::int64_t value, std::int64_t low, std::int64_t high) {
  return refusal{errc::invalid_argument, std::string{field}, std::to_string(value) + " is out of range",
                 "use " + std::to_string(low) + " to " + std::to_string(high)};
}

verdict check_size(std::string_view field, std::size_t size, std::size_t limit, std::string_view unit) {
  if (size <= limit) return {};
  return refusal{errc::too_large, std::string{field}, std::to_string(size) + " " + std::string{unit},
                 "at most " + std::to_string(limit) + " are accepted"};
}

verdict check_name(std::string_view field, std::string_view name) {
  if (is_valid_name(name)) return {};
  return refusal{errc::invalid_argument, std::string{field}, quoted(name) + " is not a name", std::string{name_form}};
}

std::optional<std::string_view> find_twin(std::vector<std::string_view> texts) {
  std::ranges::sort(texts);
  const auto twin = std::ranges::adjacent_find(texts);
  if (twin == texts.end()) return {};
  return *twin;
}

verdict check_names(std::string_view list, const std::vector<std::string>& names, std::size_t limit) {
  if (names.empty()) return {};
  if (auto bad = check_size(list, names.size(), limit, "entries")) return bad;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (!is_valid_name(names[i])) return check_name(item(list, i), names[i]);
  if (names.size() == 1) return {};
  if (const auto twin = find_twin({names.begin(), names.end()}))
    return refusal{errc::invalid_argument, std::string{list}, quoted(*twin) + " stands there twice", "name each once"};
  return {};
}

}  // namespace dunlin

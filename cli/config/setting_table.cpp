// SPDX-License-Identifier: Apache-2.0
#include "cli/config/setting_table.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

using list = std::vector<std::string>;

tl::unexpected<error> wrong_type(const setting& which, std::string_view given) {
  return fail(errc::wrong_type,
              "'" + std::string{given} + "' was given, " + std::string{type_in_words(which.type)} + " is needed",
              std::string{which.help}, std::string{which.key});
}

result<setting_value> parse_number(const setting& which, std::string_view given) {
  std::int64_t out = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), out);
  if (failed != std::errc{} || end != given.data() + given.size()) return wrong_type(which, given);
  return setting_value{out};
}

result<setting_value> parse_fraction(const setting& which, std::string_view given) {
  double out = 0;
  const auto [end, failed] = std::from_chars(given.data(), given.data() + given.size(), out);
  if (failed != std::errc{} || end != given.data() + given.size()) return wrong_type(which, given);
  return setting_value{out};
}

/// Returns the shortest text that reads back as the same number.
std::string shortest(double number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

/// What is no number at all is out of range too.
result<void> check_fraction(const setting& which, double given) {
  const auto lowest = static_cast<double>(which.lowest) / 1'000;
  const auto highest = static_cast<double>(which.highest) / 1'000;
  if (given >= lowest && given <= highest) return {};
  return fail(errc::invalid_argument, shortest(given) + " is out of range",
              "use " + shortest(lowest) + " to " + shortest(highest), std::string{which.key});
}

list split(std::string_view items) {
  list out;
  while (!items.empty()) {
    const auto comma = items.find(',');
    if (const auto item = items.substr(0, comma); !item.empty()) out.emplace_back(item);
    items.remove_prefix(comma == std::string_view::npos ? items.size() : comma + 1);
  }
  return out;
}

std::vector<std::string_view> choices_of(const setting& which) {
  std::vector<std::string_view> out;
  for (auto left = which.choices; !left.empty();) {
    const auto bar = left.find('|');
    out.push_back(left.substr(0, bar));
    left.remove_prefix(bar == std::string_view::npos ? left.size() : bar + 1);
  }
  return out;
}

}  // namespace

const setting* find_setting(std::string_view key) noexcept {
  const auto found = std::ranges::find(all_settings(), key, &setting::key);
  return found == all_settings().end() ? nullptr : &*found;
}

std::vector<std::string_view> setting_keys() {
  std::vector<std::string_view> out;
  for (const auto& one : all_settings()) out.push_back(one.key);
  return out;
}

std::string environment_name(std::string_view key) {
  std::string out = "DUNLIN_";
  for (const char c : key) out += c == '.' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string_view type_in_words(setting_type type) noexcept {
  constexpr std::array<std::string_view, 5> words{"true or false", "a whole number", "a text", "a list of texts",
                                                  "a number"};
  return words[static_cast<std::size_t>(type)];
}

result<setting_value> parse_setting(const setting& which, std::string_view given) {
  switch (which.type) {
    case setting_type::number:
      return parse_number(which, given);
    case setting_type::fraction:
      return parse_fraction(which, given);
    case setting_type::list:
      return setting_value{split(given)};
    case setting_type::text:
      return setting_value{std::string{given}};
    case setting_type::boolean:
      break;
  }
  if (given != "true" && given != "false") return wrong_type(which, given);
  return setting_value{given == "true"};
}

std::string to_text(const setting_value& given) {
  if (const auto* flag = std::get_if<bool>(&given)) return *flag ? "true" : "false";
  if (const auto* whole = std::get_if<std::int64_t>(&given)) return std::to_string(*whole);
  if (const auto* number = std::get_if<double>(&given)) return shortest(*number);
  if (const auto* words = std::get_if<std::string>(&given)) return *words;
  std::string out;
  for (const auto& item : std::get<list>(given)) (out += out.empty() ? "" : ",") += item;
  return out;
}

result<void> check_setting(const setting& which, const setting_value& given) {
  if (const auto* whole = std::get_if<std::int64_t>(&given); whole && (*whole < which.lowest || *whole > which.highest))
    return fail(errc::invalid_argument, std::to_string(*whole) + " is out of range",
                "use " + std::to_string(which.lowest) + " to " + std::to_string(which.highest), std::string{which.key});
  if (const auto* number = std::get_if<double>(&given)) return check_fraction(which, *number);
  const auto choices = choices_of(which);
  const auto* word = std::get_if<std::string>(&given);
  if (word == nullptr || choices.empty() || std::ranges::find(choices, *word) != choices.end()) return {};
  return fail(errc::invalid_argument, "'" + *word + "' is not known", json::suggestion(*word, choices),
              std::string{which.key});
}

}  // namespace dunlin::cli

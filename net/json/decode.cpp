// SPDX-License-Identifier: Apache-2.0
#include "net/json/decode.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "net/json/base64.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::json {

namespace {

/// Returns the string in `given`, or refuses.
const std::string* text_of(decoding& in, const place& where, const value& given, std::string_view wanted) {
  const auto* text = std::get_if<std::string>(&given.data);
  if (text == nullptr) in.refuse_type(where, given, wanted);
  return text;
}

bool is_whole(const value& given) noexcept {
  return std::holds_alternative<std::int64_t>(given.data) || std::holds_alternative<std::uint64_t>(given.data);
}

std::string number_text(const value& given) {
  if (const auto* number = std::get_if<std::int64_t>(&given.data)) return std::to_string(*number);
  return std::to_string(std::get<std::uint64_t>(given.data));
}

void refuse_range(decoding& in, const place& where, const value& given, const std::string& lowest,
                  const std::string& highest) {
  in.refuse(where, errc::invalid_argument, number_text(given) + " is out of range", "use " + lowest + " to " + highest);
}

/// Returns 0 for an unknown name.
std::uint8_t priority_named(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, std::uint8_t>, 5> classes{
      {{"low", 2}, {"medium", 5}, {"normal", 5}, {"high", 8}, {"critical", 10}}};
  std::string lower{name.substr(0, 16)};
  for (auto& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  const auto found = std::ranges::find(classes, lower, &std::pair<std::string_view, std::uint8_t>::first);
  return found == classes.end() ? 0 : found->second;
}

}  // namespace

std::string to_string(const place& where) {
  if (where.parent == nullptr) return {};
  auto path = to_string(*where.parent);
  if (where.key.empty()) return path + '[' + std::to_string(where.index) + ']';
  if (!path.empty()) path += '.';
  return path.append(where.key);
}

void decoding::refuse(const place& where, errc code, std::string context, std::string hint) {
  if (ok()) failure = error{code, std::move(context), std::move(hint), to_string(where)};
}

void decoding::refuse_type(const place& where, const value& given, std::string_view wanted) {
  refuse(where, errc::wrong_type, "is " + std::string{type_name(given)} + ", not " + std::string{wanted},
         "give " + std::string{wanted} + " here");
}

const value* member_reader::find(std::string_view name) const {
  const auto found = std::ranges::find(from_, name, &member::key);
  return found == from_.end() ? nullptr : &found->content;
}

void member_reader::priority(std::string_view name, std::uint8_t& number) {
  names_.push_back(name);
  const auto* given = find(name);
  if (given == nullptr || !in_.ok()) return;
  const place here{&where_, name};
  if (const auto* text = std::get_if<std::string>(&given->data)) {
    number = priority_named(*text);
    if (number == 0)
      in_.refuse(here, errc::invalid_argument, "no such priority", "use 1-10, low, normal, high, critical");
    return;
  }
  decode(in_, here, *given, number);
  if (in_.ok() && (number < 1 || number > 10))
    in_.refuse(here, errc::invalid_argument, std::to_string(number) + " is out of range", "use 1 to 10");
}

void member_reader::ordered_pattern(std::string_view name, sharing_pattern& pattern) {
  names_.push_back(name);
  const auto* given = find(name);
  if (!in_.ok()) return;
  const place here{&where_, name};
  if (given == nullptr)
    return in_.refuse(here, errc::missing_field, "a device needs a pattern", "automatic if any will do");
  const auto* text = std::get_if<std::string>(&given->data);
  if (text == nullptr) return in_.refuse_type(here, *given, "a string");
  if (const auto known = pattern_in_order(*text))
    pattern = *known;
  else
    refuse_name(in_, here, *text, patterns_in_order());
}

void member_reader::finish() {
  if (!in_.refuse_unknown || !in_.ok()) return;
  for (const auto& each : from_) {
    if (std::ranges::find(names_, each.key) != names_.end()) continue;
    const auto shown = std::string_view{each.key}.substr(0, 64);
    return in_.refuse(place{&where_, shown.empty() ? "\"\"" : shown}, errc::unknown_field,
                      "there is no field '" + std::string{shown} + "' here", suggestion(shown, names_));
  }
}

void decode(decoding& in, const place& where, const value& given, bool& out) {
  if (const auto* found = std::get_if<bool>(&given.data))
    out = *found;
  else
    in.refuse_type(where, given, "true or false");
}

void decode(decoding& in, const place& where, const value& given, double& out) {
  if (const auto* real = std::get_if<double>(&given.data))
    out = *real;
  else if (const auto* number = std::get_if<std::int64_t>(&given.data))
    out = static_cast<double>(*number);
  else if (const auto* large = std::get_if<std::uint64_t>(&given.data))
    out = static_cast<double>(*large);
  else
    in.refuse_type(where, given, "a number");
}

void decode(decoding& in, const place& where, const value& given, std::string& out) {
  if (const auto* text = text_of(in, where, given, "a string")) out = *text;
}

void decode(decoding& in, const place& where, const value& given, bytes& out) {
  if (const auto* text = std::get_if<std::string>(&given.data)) {
    out = to_bytes(*text);
    return;
  }
  const auto* members = std::get_if<object>(&given.data);
  if (members == nullptr || members->size() != 1 || members->front().key != "base64")
    return in.refuse(where, errc::wrong_type, "is " + std::string{type_name(given)} + ", not bytes",
                     "give text as a string, other bytes as {\"base64\": \"...\"}");
  const place inside{&where, "base64"};
  const auto* text = text_of(in, inside, members->front().content, "a string");
  if (text == nullptr) return;
  if (auto raw = from_base64(*text))
    out = std::move(*raw);
  else
    in.refuse(inside, raw.error().code, raw.error().context, raw.error().hint);
}

void decode(decoding& in, const place& where, const value& given, task_id& out) {
  const auto* text = text_of(in, where, given, "a task id");
  if (text == nullptr) return;
  if (const auto id = parse_task_id(*text))
    out = *id;
  else
    in.refuse(where, id.error().code, id.error().context, id.error().hint);
}

void decode(decoding& in, const place& where, const value& given, incarnation& out) {
  const auto* text = text_of(in, where, given, "a string of hexadecimal digits");
  if (text == nullptr) return;
  const auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), out.value, 16);
  if (failed != std::errc{} || end != text->data() + text->size())
    in.refuse(where, errc::malformed, "is not hexadecimal");
}

void decode(decoding& in, const place& where, const value& given, std::vector<label>& out) {
  const auto* members = std::get_if<object>(&given.data);
  if (members == nullptr) return in.refuse_type(where, given, "an object of strings");
  out.clear();
  for (const auto& each : *members) {
    out.push_back({each.key, {}});
    decode(in, place{&where, each.key.empty() ? "\"\"" : std::string_view{each.key}}, each.content, out.back().value);
  }
}

std::int64_t decode_signed(decoding& in, const place& where, const value& given, std::int64_t lowest,
                           std::int64_t highest) {
  if (!is_whole(given)) {
    in.refuse_type(where, given, "a whole number");
    return 0;
  }
  const auto* small = std::get_if<std::int64_t>(&given.data);
  const auto* large = std::get_if<std::uint64_t>(&given.data);
  const bool fits = small != nullptr ? *small >= lowest && *small <= highest : std::cmp_less_equal(*large, highest);
  if (fits) return small != nullptr ? *small : static_cast<std::int64_t>(*large);
  refuse_range(in, where, given, std::to_string(lowest), std::to_string(highest));
  return 0;
}

std::uint64_t decode_unsigned(decoding& in, const place& where, const value& given, std::uint64_t highest) {
  if (!is_whole(given)) {
    in.refuse_type(where, given, "a whole number");
    return 0;
  }
  const auto* small = std::get_if<std::int64_t>(&given.data);
  const bool negative = small != nullptr && *small < 0;
  const auto number = small != nullptr ? static_cast<std::uint64_t>(*small) : std::get<std::uint64_t>(given.data);
  if (!negative && number <= highest) return number;
  refuse_range(in, where, given, "0", std::to_string(highest));
  return 0;
}

void refuse_name(decoding& in, const place& where, std::string_view name,
                 const std::vector<std::string_view>& allowed) {
  in.refuse(where, errc::invalid_argument, "'" + std::string{name.substr(0, 64)} + "' is not known here",
            suggestion(name.substr(0, 64), allowed));
}

}  // namespace dunlin::json

// SPDX-License-Identifier: Apache-2.0
#include <toml++/toml.h>
#include <algorithm>
#include <optional>

#include "cli/config/layers.hpp"
#include "cli/config/setting_table.hpp"
#include "cli/text/read_file.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

std::string place(const std::string& file, const toml::source_region& where) {
  return file + ":" + std::to_string(where.begin.line);
}

std::string_view type_of(const toml::node& node) {
  if (node.is_string()) return "a text";
  if (node.is_integer()) return "a whole number";
  if (node.is_floating_point()) return "a number with a fraction";
  if (node.is_boolean()) return "true or false";
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date";
}

/// Returns the value as a flag would write it; nothing if it has another type than the setting.
std::optional<std::string> text_of(const setting& which, const toml::node& node) {
  if (which.type == setting_type::text) return node.value_exact<std::string>();
  if (which.type == setting_type::boolean)
    return node.is_boolean() ? std::optional{std::string{*node.value_exact<bool>() ? "true" : "false"}} : std::nullopt;
  if (which.type == setting_type::number)
    return node.is_integer() ? std::optional{std::to_string(*node.value_exact<std::int64_t>())} : std::nullopt;
  if (which.type == setting_type::fraction)
    return node.is_number() ? std::optional{to_text(setting_value{*node.value<double>()})} : std::nullopt;
  const auto* items = node.as_array();
  if (items == nullptr || !std::ranges::all_of(*items, [](const toml::node& item) { return item.is_string(); }))
    return std::nullopt;
  std::string out;
  for (const auto& item : *items) (out += out.empty() ? "" : ",") += *item.value_exact<std::string>();
  return out;
}

class toml_reader {
 public:
  explicit toml_reader(const std::string& file) : file_(file) {}

  result<void> read(const toml::table& table, const std::string& above) {
    for (const auto& [name, node] : table) {
      const auto key = above.empty() ? std::string{name.str()} : above + "." + std::string{name.str()};
      auto taken = is_section(key) && node.is_table() ? read(*node.as_table(), key) : take(key, node);
      if (!taken) return taken;
    }
    return {};
  }

  std::vector<given_setting> given;

 private:
  static bool is_section(const std::string& key) {
    return std::ranges::any_of(all_settings(), [&](const setting& one) { return one.key.starts_with(key + "."); });
  }

  result<void> take(const std::string& key, const toml::node& node) {
    const auto where = place(file_, node.source());
    const auto* which = find_setting(key);
    if (which == nullptr)
      return fail(errc::unknown_field, where + ": there is no setting '" + key + "'",
                  json::suggestion(key, setting_keys()), key);
    auto text = text_of(*which, node);
    if (!text)
      return fail(errc::wrong_type,
                  where + ": " + std::string{type_of(node)} + " was given, " + std::string{type_in_words(which->type)} +
                      " is needed",
                  std::string{which->help}, key);
    given.push_back({key, std::move(*text), where});
    return {};
  }

  const std::string& file_;
};

}  // namespace

result<std::vector<given_setting>> parse_toml(std::string_view text, const std::string& file) {
  try {
    const auto table = toml::parse(text);
    toml_reader reader{file};
    if (auto read = reader.read(table, {}); !read) return fail(read.error());
    return std::move(reader.given);
  } catch (const toml::parse_error& wrong) {
    return fail(errc::malformed, place(file, wrong.source()) + ": " + std::string{wrong.description()},
                "see https://toml.io for the form");
  }
}

result<std::vector<given_setting>> read_toml(const std::string& path) {
  auto text = read_file(path);
  if (text) return parse_toml(*text, path);
  text.error().path = "--config";
  return fail(std::move(text).error());
}

}  // namespace dunlin::cli

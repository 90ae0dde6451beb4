// SPDX-License-Identifier: Apache-2.0
// The one list of settings: what each is called in TOML, as a flag and in the environment, and what it may hold.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cli/config/settings.hpp"
#include "coordination/result.hpp"

namespace dunlin::cli {

enum class setting_type : std::uint8_t { boolean, number, text, list, fraction };

/// Whose flag a setting is; `--set` takes every setting everywhere.
enum class audience : std::uint8_t {
  client,  ///< every verb's
  swarm,   ///< of what starts a swarm or one node of it
  up,      ///< of what starts a whole swarm
  node     ///< of what starts one node
};

using setting_value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>, double>;

struct setting {
  std::string_view key;   ///< `http.port`
  std::string_view flag;  ///< `--http-port`
  std::string_view help;
  setting_type type = setting_type::text;
  audience flag_of = audience::swarm;
  std::int64_t lowest = 0;  ///< of a number; of a fraction, in thousandths
  std::int64_t highest = 0;
  std::string_view choices;  ///< of a text, separated by `|`; empty = any
  void (*apply)(settings& out, const setting_value& value) = nullptr;
  setting_value (*read)(const settings& from) = nullptr;
};

[[nodiscard]] std::span<const setting> all_settings() noexcept;

/// Returns the setting with this key, or null.
[[nodiscard]] const setting* find_setting(std::string_view key) noexcept;

/// Returns every key, for suggestions.
[[nodiscard]] std::vector<std::string_view> setting_keys();

/// Returns `DUNLIN_HTTP_PORT` for `http.port`.
[[nodiscard]] std::string environment_name(std::string_view key);

/// Returns `true or false`, `a whole number`, `a text`, `a list of texts` or `a number`.
[[nodiscard]] std::string_view type_in_words(setting_type type) noexcept;

/// Reads a value as flags and environment write it. Errors: wrong_type, each with the key as path.
[[nodiscard]] result<setting_value> parse_setting(const setting& which, std::string_view text);

/// Returns the text that `parse_setting` reads back.
[[nodiscard]] std::string to_text(const setting_value& value);

/// Checks the value against the setting's range and choices. Errors: invalid_argument.
[[nodiscard]] result<void> check_setting(const setting& which, const setting_value& value);

}  // namespace dunlin::cli

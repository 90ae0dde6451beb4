// SPDX-License-Identifier: Apache-2.0
// Who is believed: flags before the environment before the file before the defaults.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/config/settings.hpp"
#include "coordination/result.hpp"

namespace dunlin::cli {

using environment = std::vector<std::pair<std::string, std::string>>;

/// Returns this process's variables that begin with `DUNLIN_`.
[[nodiscard]] environment read_environment();

/// Returns the settings of a TOML text; `file` is what errors call it. Errors: malformed, unknown_field (with line and
/// nearest key), wrong_type; the field path is the key.
[[nodiscard]] result<std::vector<given_setting>> parse_toml(std::string_view text, const std::string& file);

/// Returns the settings of a TOML file. Errors: not_found, io_failed, and those of `parse_toml`.
[[nodiscard]] result<std::vector<given_setting>> read_toml(const std::string& path);

/// Returns the settings in `variables`. A name that is no setting and none of the program's own is told in `warnings`.
[[nodiscard]] std::vector<given_setting> from_environment(const environment& variables,
                                                          std::vector<std::string>& warnings);

/// Applies the layers, later ones over earlier ones. Errors: unknown_field, wrong_type, invalid_argument; each names
/// the key as path and the origin in its cause.
[[nodiscard]] result<settings> resolve(const std::vector<std::vector<given_setting>>& layers);

}  // namespace dunlin::cli

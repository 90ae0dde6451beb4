// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "cli/config/layers.hpp"
#include "cli/verb.hpp"

namespace dunlin::cli {

/// What a command line says.
struct parsed_line {
  verb* chosen = nullptr;            ///< null if only help was asked for
  std::string help;                  ///< the text to print instead of running
  std::string config_file;           ///< `--config`; may be empty
  std::vector<given_setting> flags;  ///< settings given as flags or by `--set`
};

/// Reads the arguments (without the program's name) and fills the chosen verb's options.
/// Errors: unknown_verb (with the nearest one), unknown_field, missing_field, wrong_type, invalid_argument.
[[nodiscard]] result<parsed_line> parse_line(const std::vector<std::string>& arguments, const verb_set& verbs);

}  // namespace dunlin::cli

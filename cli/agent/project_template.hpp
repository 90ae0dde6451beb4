// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::cli {

/// Returns the files of a project with one agent of kind `name`: path and content. Errors: invalid_argument.
[[nodiscard]] result<std::vector<std::pair<std::string, std::string>>> agent_project(const std::string& name);

/// Writes that project to the new directory `parent`/`name` and returns its path.
/// Errors: invalid_argument, conflict (something is there already), io_failed.
result<std::string> write_agent_project(const std::string& parent, const std::string& name);

}  // namespace dunlin::cli

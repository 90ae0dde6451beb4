// SPDX-License-Identifier: Apache-2.0
// Programs that are `dunlin` plus kinds of their own, called `dunlin-NAME` and standing beside this one.
#pragma once

#include <string>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::cli {

/// Returns the paths of the executables called `dunlin-*` in `directory`, sorted; none if it cannot be read.
[[nodiscard]] std::vector<std::string> programs_in(const std::string& directory);

/// Returns the first of `programs` that says it serves `kind`; empty if none does. Each is asked for at most
/// five seconds.
[[nodiscard]] std::string program_with(const std::vector<std::string>& programs, const std::string& kind);

/// Becomes `program` with the arguments of this process. Returns only on failure. Errors: io_failed.
[[nodiscard]] error hand_over_to(const std::string& program);

/// Returns the directory of this program.
[[nodiscard]] std::string own_directory();

}  // namespace dunlin::cli

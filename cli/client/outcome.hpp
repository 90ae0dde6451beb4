// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "cli/client/wait_for_tasks.hpp"

namespace dunlin::cli {

/// Prints how the tasks ended: a count, and the first few that did not succeed with their reason; with the JSON format
/// a page of the tasks. Returns the exit code: 0 if all succeeded, else 1.
int report_outcome(const console& to, const waited_tasks& waited);

/// Returns the patience that an option gave in seconds, rounded up to a millisecond; negative is none.
[[nodiscard]] std::chrono::milliseconds patience_of(double seconds) noexcept;

}  // namespace dunlin::cli

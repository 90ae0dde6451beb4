// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/sharing/story.hpp"

namespace dunlin::sharing {

/// Returns a row for each pattern: which part of the device each agent held, what was done, how long the one that
/// somebody waits for took, and how long the switch kept an agent.
[[nodiscard]] std::string table_of(const story& of);

}  // namespace dunlin::sharing

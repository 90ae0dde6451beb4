// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "coordination/observe/views.hpp"

namespace dunlin::cli {

/// Returns why a device in automatic mode is shared as it is, and what would change it; nothing if a pattern was named.
[[nodiscard]] std::vector<std::string> choice_lines(const device_view& device);

}  // namespace dunlin::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "examples/sharing/story.hpp"

namespace dunlin::sharing {

/// Draws who held what: above the whole walk, below a moment of each pattern in which steps can be told apart. A row
/// for each agent; a bar is a step, or several without a gap that can be seen, and as high as the units that it had.
/// Returns an SVG document.
[[nodiscard]] std::string to_svg(const story& of);

}  // namespace dunlin::sharing

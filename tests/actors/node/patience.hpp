// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace dunlin::testing {

/// Long enough for a loaded machine under a sanitizer; nothing waits this long when it works.
inline constexpr std::chrono::seconds patience{20};

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "coordination/export.hpp"

namespace dunlin {

/// Returns this build's version, for example "0.1.0". Thread: any.
[[nodiscard]] DUNLIN_EXPORT std::string_view version() noexcept;

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/version.hpp"

namespace dunlin {

std::string_view version() noexcept { return DUNLIN_VERSION; }

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/errc.hpp"

namespace dunlin::net {

/// Returns the HTTP status of an error code; 500 for one that has no better.
DUNLIN_EXPORT unsigned status_of(errc code) noexcept;

}  // namespace dunlin::net

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/observe/views.hpp"

namespace dunlin::net {

/// Returns the snapshot in the Prometheus text form, version 0.0.4; metrics of one name stand together.
DUNLIN_EXPORT std::string prometheus_text(const metric_snapshot& snapshot);

}  // namespace dunlin::net

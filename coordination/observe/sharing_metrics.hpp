// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "coordination/observe/views.hpp"

namespace dunlin {

/// Appends how the devices are shared: what each has and has granted, and of each contract that its node tells what
/// was asked, granted, enforced and used. A figure that was not measured is left out.
DUNLIN_EXPORT void append_sharing(const std::vector<device_view>& devices, metric_snapshot& out);

}  // namespace dunlin

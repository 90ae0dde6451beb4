// SPDX-License-Identifier: Apache-2.0
// The short pages `/tasks` and `/gpus`, in the words users of task queues know.
#pragma once

#include <string>
#include <vector>

#include "net/json/pages.hpp"

namespace dunlin::net {

/// Returns `{"tasks": [{"task_id", "name", "task_type", "status", "progress", "priority", "node"}], "next"}`.
std::string short_tasks(const json::task_page& page);

/// Returns `{"gpus": [{"id", "node", "name", "type", "memory_mb", "compute_units", "pattern", "leases", "waiting",
/// "contracts"}]}`.
/// The CPU device stands in the list too: it takes the same leases.
std::string short_devices(const std::vector<device_view>& devices);

}  // namespace dunlin::net

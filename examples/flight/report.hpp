// SPDX-License-Identifier: Apache-2.0
// What a flight came to, as tables.
#pragma once

#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"
#include "examples/flight/check.hpp"

namespace dunlin::flight {

/// The machine while it flew.
struct machine_facts {
  unsigned cores = 0;
  double left = 0;  ///< of these, not kept busy by other programs; on average
};

/// Returns the whole report: per kind, per node, the flight as a whole, what the answers are worth, and one of them to
/// read.
std::string report_of(const std::vector<task_record>& tasks, const machine_facts& machine,
                      const std::vector<quality>& answers);

}  // namespace dunlin::flight

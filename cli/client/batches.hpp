// SPDX-License-Identifier: Apache-2.0
// A file of tasks may be larger than one call may carry.
#pragma once

#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"
#include "net/http/client.hpp"

namespace dunlin::cli {

struct batch_limits {
  std::size_t tasks = 1'024;
  std::size_t bytes = 900 * 1'024;  ///< of JSON; a server takes 1 MiB
};

/// Returns the positions of the specs in calls that fit, so that a spec's dependencies stand in the same call or in an
/// earlier one. One call if everything fits, in the given order. Errors: cyclic_dependency (names the tasks; only
/// looked for when there is more than one call), too_large (one spec alone does not fit).
[[nodiscard]] result<std::vector<std::vector<std::size_t>>> split_into_calls(const std::vector<task_spec>& specs,
                                                                             const batch_limits& limits = {});

/// Gives every spec without an idempotency key one of its own, so that a lost answer can be asked for again.
void add_keys(std::vector<task_spec>& specs, const std::string& prefix);

/// Submits in as many calls as it takes; answers in the order of `specs`. Names of tasks in earlier calls become their
/// ids. A call whose answer was lost is made once more. Errors: those of the server; if some calls had succeeded, the
/// cause says how many tasks were accepted.
result<std::vector<submit_answer>> submit_all(net::http_client& swarm, std::vector<task_spec> specs);

}  // namespace dunlin::cli

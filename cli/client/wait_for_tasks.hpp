// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <vector>

#include "cli/console.hpp"
#include "net/http/client.hpp"

namespace dunlin::cli {

/// Where the tasks stand that somebody waits for.
struct task_tally {
  std::size_t wanted = 0;
  std::map<task_state, std::size_t> states;

  [[nodiscard]] std::size_t count(task_state state) const;
  [[nodiscard]] std::size_t ended() const;
  [[nodiscard]] bool all_succeeded() const { return count(task_state::succeeded) == wanted; }

  /// Returns `12 of 20 ended: 11 succeeded, 1 failed; 5 running, 3 pending`.
  [[nodiscard]] std::string in_words() const;
};

/// What waiting ended with.
struct waited_tasks {
  task_tally tally;
  std::vector<task_record> records;  ///< in the order of the ids, without payload and output
};

/// Waits until every task has ended, showing how many have; at most `patience` (0 = as long as it takes: each task has
/// a timeout of its own). A swarm that does not answer for some seconds, as while its leader is started again, is
/// waited for. Errors: timeout (with the tally), not_found, unreachable (it went away), and those of the connection.
result<waited_tasks> wait_for_tasks(net::http_client& swarm, const std::vector<task_id>& ids,
                                    std::chrono::milliseconds patience, const console& to);

/// Finds a task by its id, or the newest one with this name. Errors: not_found, and those of the connection.
result<task_id> find_task(net::http_client& swarm, const std::string& id_or_name);

}  // namespace dunlin::cli

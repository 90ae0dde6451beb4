// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "cli/console.hpp"
#include "coordination/tasks/task_record.hpp"
#include "net/http/client.hpp"

namespace dunlin::flight {

/// Submits a plan to a swarm and waits for its end. A leader that is started again is away for a moment: a call that
/// finds nobody is made once more, for half a minute.
class flight_run {
 public:
  /// `over` says that no node runs any more, so that waiting is vain.
  flight_run(net::http_client& swarm, const cli::console& to, std::function<bool()> over)
      : swarm_(swarm), to_(to), over_(std::move(over)) {}

  /// Waits until `nodes` nodes are alive. Errors: timeout, cancelled, and those of the connection.
  result<void> wait_for_nodes(std::size_t nodes);

  /// Flies the plan, showing how far it is. Returns the tasks as they ended, in the order of the plan, with their
  /// outputs. Errors: timeout (ten minutes), cancelled (the nodes were ended meanwhile), and those of the connection.
  result<std::vector<task_record>> fly(const std::vector<task_spec>& plan);

 private:
  template <class Call>
  auto patiently(Call call) -> decltype(call());
  result<std::vector<task_record>> look(const std::vector<task_id>& ids);
  result<void> wait_for_end(const std::vector<task_id>& ids);

  net::http_client& swarm_;
  const cli::console& to_;
  std::function<bool()> over_;
};

/// Returns how far each kind is: `digits 20/51, maze 31/100`. Kinds in the order of their first task.
std::string progress_in_words(const std::vector<task_record>& tasks);

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin::flight {

/// Of many times, in milliseconds. A percentile is the smallest time that so many are not above (nearest rank).
struct percentiles {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// What one node did.
struct node_share {
  std::size_t tasks = 0;
  double busy_seconds = 0;  ///< processor time of its handlers
};

/// What a flight came to.
struct flight_figures {
  std::size_t tasks = 0;
  std::map<task_state, std::size_t> states;
  std::map<std::string, node_share> nodes;
  percentiles queue;           ///< from submission to the start of the handler, waiting for dependencies included
  percentiles run;             ///< of the handler, wall time
  double seconds = 0;          ///< from the first submission to the last end
  double throughput = 0;       ///< tasks per second
  double average_running = 0;  ///< handlers at once
  std::size_t most_running = 0;
  double success_rate = 0;        ///< 0..1
  double one_worker_seconds = 0;  ///< processor time of all handlers: what one worker alone would need at least
  double speed_up = 0;            ///< one_worker_seconds ÷ seconds
};

/// Works the figures out. `workers` of one node are the most that run there at once: a leader hears of short tasks in
/// batches, so that by its clock they seem to overlap.
flight_figures figures_of(const std::vector<task_record>& tasks, std::size_t workers = 1);

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin::flight {

/// Of many times, in milliseconds.
struct percentiles {
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
};

/// What a flight came to.
struct flight_figures {
  std::size_t tasks = 0;
  std::map<task_state, std::size_t> states;
  std::map<std::string, std::size_t> by_node;
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

flight_figures figures_of(const std::vector<task_record>& tasks);

}  // namespace dunlin::flight

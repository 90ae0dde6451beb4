// SPDX-License-Identifier: Apache-2.0
// A client of a leader for benches: keeps a window of tasks under way and checks every result.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "actors/agent.hpp"
#include "actors/swarm/orchestrator.hpp"

namespace dunlin::bench {

inline constexpr auto ticket_kind = "bench";

/// Returns a kind whose agents bring back a hash of task id and payload.
agent_kind ticket_kind_of(std::uint32_t agents);

/// Waits until that many agents of the kind are known to the leader; false after ten seconds.
[[nodiscard]] bool wait_for_agents(const orchestrator_handle& leader, std::uint32_t agents);

/// Submits tasks with different priorities and a wanted capability, and checks that each result comes once and is
/// right.
class task_client {
 public:
  /// Its tasks carry `payload_words` words of eight bytes each, no two tasks the same.
  task_client(caf::actor_system& system, orchestrator_handle leader, std::size_t payload_words);
  ~task_client();
  task_client(const task_client&) = delete;
  task_client& operator=(const task_client&) = delete;

  /// Runs `count` tasks, at most `window` at once, submitted `batch` at a time. Returns tasks per second, or 0 if a
  /// result was wrong or did not come.
  double rate(std::uint64_t count, std::uint64_t window, std::uint64_t batch);

  /// Runs `count` tasks one after the other. Returns the microseconds of each, or nothing if a result was wrong.
  std::vector<double> one_by_one(std::uint64_t count);

  /// Stops placement for good, then submits tasks that wait in the leader. Returns once all are stored; false if one
  /// was refused.
  bool fill_queue(std::uint64_t count);

  /// What came of a run.
  struct run_result {
    std::uint64_t wrong = 0;
    std::vector<double> waits_us;
  };

 private:
  std::optional<run_result> run(std::uint64_t count, std::uint64_t window, std::uint64_t batch, bool timed);

  caf::actor actor_;
  orchestrator_handle leader_;
  std::size_t payload_words_;
};

}  // namespace dunlin::bench

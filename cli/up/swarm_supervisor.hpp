// SPDX-License-Identifier: Apache-2.0
// Runs the node processes of a local swarm: starts them, restarts those that die, ends them.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "cli/up/node_child.hpp"
#include "cli/up/node_plan.hpp"
#include "cli/up/stop_signals.hpp"
#include "coordination/membership/restart_policy.hpp"

namespace dunlin::cli {

/// Where the running swarm is; what `up` prints.
struct swarm_facts {
  ready_line leader;
  std::vector<std::pair<std::string, pid_t>> nodes;
};

struct supervisor_options {
  std::string program;    ///< how the node processes are called
  std::string state_dir;  ///< their logs go there
  restart_limit restarts;
  std::chrono::milliseconds start_patience{30'000};  ///< for each node to get ready
  std::chrono::milliseconds drain_patience{45'000};  ///< for all to end, then they are killed
};

/// What the supervisor tells `up`.
struct supervisor_events {
  std::function<result<void>(const swarm_facts&)> on_ready;  ///< every node has started, for the first time
  std::function<void(const std::string&)> on_note;           ///< one line for the operator
};

/// Thread: the one that made it.
class swarm_supervisor {
 public:
  swarm_supervisor(supervisor_options options, supervisor_events events, std::vector<node_plan> plans);

  /// Kills what still runs.
  ~swarm_supervisor();
  swarm_supervisor(const swarm_supervisor&) = delete;
  swarm_supervisor& operator=(const swarm_supervisor&) = delete;

  /// Runs until the swarm has ended: the first stop signal drains it, the second kills it. Returns true if it ended
  /// cleanly. Errors: that of a node that could not start; crashed (a node died more often than it is restarted);
  /// timeout (a node did not get ready).
  result<bool> run(stop_signals& signals);

 private:
  using clock = std::chrono::steady_clock;
  enum class phase : std::uint8_t { starting, running, ending };

  struct node {
    node_plan plan;
    restart_policy policy;
    node_child child;
    bool ready = false;
    bool left = false;  ///< on purpose: not started again
    clock::time_point start_at = clock::time_point::max();
    clock::time_point ready_until = clock::time_point::max();
    std::uint64_t log_from = 0;
  };

  [[nodiscard]] std::string log_of(const node& which) const;
  result<void> launch(node& which);
  void wait_for_news(stop_signals& signals);
  result<void> look_after(node& which);
  result<void> on_ready(node& which, ready_line line);
  result<void> on_end(node& which, const node_end& how);
  void on_stop(const std::string& why);
  void signal_all(int signal);
  void on_ending_tick();
  [[nodiscard]] clock::time_point next_deadline() const;
  [[nodiscard]] bool any_runs() const;

  supervisor_options options_;
  supervisor_events events_;
  std::vector<node> nodes_;  // the first one leads
  ready_line leader_;
  phase phase_ = phase::starting;
  bool clean_ = true;
  clock::time_point kill_at_ = clock::time_point::max();
};

}  // namespace dunlin::cli

// SPDX-License-Identifier: Apache-2.0
// The node processes of one flight: started from this same program, and again should one die.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "cli/up/swarm_supervisor.hpp"
#include "examples/flight/nodes.hpp"

namespace dunlin::flight {

/// Thread: the one that made it, but for `ended`, which any may ask.
class fleet {
 public:
  using listener = std::function<void(const std::string&)>;

  /// SIGINT and SIGTERM drain the nodes; a second one kills them. `tell` hears what befalls the nodes, one line each,
  /// on a thread of the fleet's own.
  fleet(cli::stop_signals& signals, std::string state_dir, listener tell);

  /// Ends what still runs, as `stop` does.
  ~fleet();
  fleet(const fleet&) = delete;
  fleet& operator=(const fleet&) = delete;

  /// Starts the nodes and waits until each has said that it is ready; the first one leads. Errors: io_failed, crashed,
  /// timeout, cancelled (a signal came first).
  result<cli::swarm_facts> start(const std::vector<flight_node>& nodes);

  /// True once no node runs any more, whoever ended them.
  [[nodiscard]] bool ended() const noexcept { return ended_; }

  /// Drains the nodes and waits until all have ended; kills those that take too long. Returns false if one did not end
  /// well. Errors: crashed (a node died again and again).
  result<bool> stop();

 private:
  void supervise(std::vector<cli::node_plan> plans);

  cli::stop_signals& signals_;
  std::string state_dir_;
  listener tell_;
  std::atomic<bool> asked_to_end_ = false;
  std::atomic<bool> ended_ = false;
  std::promise<result<cli::swarm_facts>> ready_;
  bool is_ready_ = false;  // of the supervising thread
  result<bool> outcome_ = true;
  std::thread thread_;
};

}  // namespace dunlin::flight

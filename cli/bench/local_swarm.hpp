// SPDX-License-Identifier: Apache-2.0
// The leader and one node in this process, as a cluster has them, without sockets and files: what the dispatch bench
// drives.
#pragma once

#include <memory>
#include <vector>

#include "actors/node/local_node.hpp"
#include "actors/swarm/leader.hpp"
#include "gpu/device_factory.hpp"

namespace dunlin::bench {

class local_swarm {
 public:
  /// Starts `threads` threads for actors, and a node that serves `kinds`.
  static result<std::unique_ptr<local_swarm>> start(std::size_t threads, std::vector<agent_kind> kinds,
                                                    std::uint32_t max_concurrent);
  ~local_swarm();
  local_swarm(const local_swarm&) = delete;
  local_swarm& operator=(const local_swarm&) = delete;

  [[nodiscard]] caf::actor_system& system() noexcept { return *system_; }
  [[nodiscard]] const orchestrator_handle& leader() const noexcept { return leader_.orchestrator; }

 private:
  struct ways;
  local_swarm() = default;

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<ways> ways_;
  swarm_leader leader_;
  std::unique_ptr<local_node> node_;
};

}  // namespace dunlin::bench

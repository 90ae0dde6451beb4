// SPDX-License-Identifier: Apache-2.0
// What only the leading process has: the store and the orchestrator that was rebuilt from it.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/swarm/orchestrator.hpp"
#include "actors/swarm/swarm_config.hpp"

namespace dunlin {

struct swarm_leader {
  std::shared_ptr<store_port> store;
  orchestrator_handle orchestrator;
};

/// Returns both clocks now.
instant system_instant();

/// Opens the store, takes the next term, rebuilds the task table and starts the orchestrator.
/// Errors: invalid_argument, already_running, version_mismatch, corrupt, io_failed, store_unavailable.
DUNLIN_EXPORT result<swarm_leader> start_leader(caf::actor_system& system, const swarm_config& config, incarnation life,
                                                std::shared_ptr<node_channel> nodes,
                                                std::function<void(std::string)> log,
                                                std::function<void(std::string)> on_end);

}  // namespace dunlin

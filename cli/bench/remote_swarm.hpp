// SPDX-License-Identifier: Apache-2.0
// A leader in this process and a node in a second one, joined by the link: what the remote bench drives.
#pragma once

#include <caf/all.hpp>
#include <memory>
#include <string>
#include <vector>

#include "actors/swarm/leader.hpp"
#include "actors/swarm/link_ends.hpp"
#include "cli/bench/peer_process.hpp"
#include "cli/bench/task_client.hpp"

namespace dunlin::bench {

struct remote_swarm_options {
  std::vector<std::string> program;  ///< starts the second process
  std::string directory;             ///< for the secret and the node's state; exists
  std::uint32_t agents = 256;
  std::uint32_t batch_limit = 1'024;  ///< most tasks in one message, either way
};

class remote_swarm {
 public:
  /// Returns once the node's agents are known to the leader.
  static result<std::unique_ptr<remote_swarm>> start(const remote_swarm_options& options);
  ~remote_swarm();
  remote_swarm(const remote_swarm&) = delete;
  remote_swarm& operator=(const remote_swarm&) = delete;

  [[nodiscard]] task_client& client() noexcept { return *client_; }
  [[nodiscard]] pid_t node_pid() const noexcept { return node_->pid(); }

 private:
  remote_swarm() = default;
  result<void> lead(const remote_swarm_options& options);
  result<void> listen(const std::string& secret);

  caf::actor_system_config config_;
  std::unique_ptr<caf::actor_system> system_;
  std::shared_ptr<link_desk> desk_ = std::make_shared<link_desk>();
  swarm_leader leader_;
  std::unique_ptr<link_reception> reception_;
  std::unique_ptr<peer_process> node_;
  std::unique_ptr<task_client> client_;
};

/// Is the node until `end` returns. `order`: what `start` told the second process after the role's name.
/// Errors: as `swarm_process::start`.
result<void> serve_remote_node(const std::string& order, const std::function<void()>& ready_until_end);

}  // namespace dunlin::bench

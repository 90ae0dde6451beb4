// SPDX-License-Identifier: Apache-2.0
// One process of a swarm, assembled: store, link, HTTP, orchestrator and node around one actor system.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "actors/swarm/swarm_config.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// Why a swarm process ended.
struct swarm_end {
  bool clean = true;  ///< drained or asked to stop; false: a part failed beyond repair
  std::string why;
};

class DUNLIN_EXPORT swarm_process {
 public:
  /// Starts everything, in an order in which nothing meets a part that is not there yet; what was started ends again
  /// if a later part fails. A follower returns once its leader has welcomed it.
  /// Errors: invalid_argument, already_running (port or state directory in use), io_failed, store_unavailable, corrupt,
  /// unreachable (no leader), and what the leader refuses: duplicate_name, version_mismatch, wrong_cluster,
  /// bad_secret.
  static result<std::unique_ptr<swarm_process>> start(swarm_config config, std::vector<agent_kind> kinds);

  /// Stops at once; handlers that run are abandoned, their tasks are taken back when the swarm starts again.
  ~swarm_process();
  swarm_process(const swarm_process&) = delete;
  swarm_process& operator=(const swarm_process&) = delete;

  /// The swarm's interface; null in a process that does not lead.
  [[nodiscard]] service* swarm() noexcept;

  [[nodiscard]] std::uint16_t link_port() const noexcept;
  [[nodiscard]] std::vector<std::string> linked_nodes() const;  ///< nodes that this process has a link to, by name
  [[nodiscard]] std::string http_url() const;                   ///< empty in a process without HTTP
  [[nodiscard]] std::string token_file() const;                 ///< empty in a process without HTTP
  [[nodiscard]] std::string no_gpu_reason() const;              ///< one line; empty if there is a GPU

  /// Finishes what runs and takes nothing new, then ends. Thread: any.
  void drain();

  /// Ends as soon as possible. Thread: any.
  void stop();

  /// Waits for the end, at most `patience`; nothing if it still runs then.
  std::optional<swarm_end> wait(std::chrono::milliseconds patience);

 private:
  struct state;
  explicit swarm_process(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

}  // namespace dunlin

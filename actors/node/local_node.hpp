// SPDX-License-Identifier: Apache-2.0
// The node of this process: its agents, devices and the actors that run them, without any knowledge of sockets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "actors/collective/take_seat.hpp"
#include "actors/node/channels.hpp"
#include "actors/process/allow_list.hpp"
#include "coordination/membership/restart_policy.hpp"
#include "coordination/orchestration/node_dispatch.hpp"
#include "coordination/ports.hpp"

namespace caf {
class actor_system;
}

namespace dunlin {

struct local_node_config {
  std::string name;
  incarnation life;
  node_dispatch_config dispatch;
  std::uint32_t max_queued = 64;  ///< grants that may wait beside the running ones
  duration heartbeat = 250ms;
  duration tick = 50ms;
  duration lease_ttl = 15s;               ///< of a device lease
  restart_limit restarts;                 ///< of each agent
  std::uint32_t max_agents = 20'000;      ///< with those that handlers spawn
  std::uint64_t max_memory_per_task = 0;  ///< bytes of the host, on threads and in processes; 0 = no limit
  allow_list allowed;                     ///< what tasks of kind `command` may run
  std::vector<std::string> agent_host;    ///< argument vector that starts a child for agents in processes; the kind's
                                          ///< name is appended. Empty = kinds with isolation `process` are refused
  std::string work_root;                  ///< directories of children
  std::string http;                       ///< for the report; may be empty
  duration stop_patience = 2s;            ///< how long the destructor waits for handlers that still run
};

struct local_node_parts {
  std::vector<agent_kind> kinds;
  std::vector<std::shared_ptr<device_port>> devices;  ///< at least one; ids count from 0
  std::shared_ptr<leader_channel> leader;
  std::shared_ptr<peer_channel> peers;
  std::shared_ptr<node_events> events;          ///< told nothing more once the node's destructor has returned
  std::shared_ptr<meeting_place> meeting = {};  ///< where members of groups meet; null = handlers join none
  std::shared_ptr<group_finder> groups = {};    ///< set where `meeting` is

  /// The machine's monotonic clock if empty. Thread: any, also after the node's end.
  std::function<time_point()> clock = {};

  /// What deadlines of tasks count in; the machine's if empty. Thread: as `clock`.
  std::function<wall_ms()> wall_clock = {};
};

/// A running node. Thread: any.
class DUNLIN_EXPORT local_node {
 public:
  /// Spawns, in this order: coordinators, router, dispatcher, agents, supervisor, node. Heartbeats begin with
  /// `on_leader_up`. Errors: invalid_argument, duplicate_name (two kinds of one name), io_failed.
  static result<std::unique_ptr<local_node>> start(caf::actor_system& system, local_node_config config,
                                                   local_node_parts parts);

  /// Ends every agent and actor and kills every child. Handlers that have not returned after `stop_patience` are left
  /// alone, with everything they may use, until the program ends.
  ~local_node();
  local_node(const local_node&) = delete;
  local_node& operator=(const local_node&) = delete;

  /// The leader can be reached: reports, says again what it may have missed, beats from now on.
  void on_leader_up();
  void on_leader_down();

  /// From the leader.
  void hear(node_message&& message);

  /// From another node's router.
  void hear(const std::string& from_node, incarnation from_life, agent_traffic&& message);

  void hear(incarnation from_life, sharing_traffic&& message);

  /// That node can no longer be reached: calls to its agents fail now. Life 0: whatever life.
  void on_peer_lost(const std::string& node, incarnation life, const std::string& why);

  /// Gives back what waits, finishes what runs, stops what still runs after `patience`; `on_drained` follows.
  void drain(milliseconds patience = drain_order{}.patience);

  /// Calls `done` from one of the node's actors: while it does not come, they do not run.
  void ping(std::function<void()> done);

  /// Begins what the destructor waits for; nothing is heard from now on.
  void stop();

 private:
  struct state;
  void coordinate(const coordinate_order& order);
  explicit local_node(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordination/messages.hpp"
#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// A task on its way to the agent that will run it.
struct task_order {
  task_epoch task;
  std::uint32_t attempt = 1;
  std::uint8_t priority = 5;
  std::optional<time_point> deadline;  ///< end of this attempt
  std::uint64_t memory_cap = 0;        ///< bytes; 0 = the node's own limit
  std::uint64_t device_bytes = 0;      ///< of the device's memory
  bytes payload;
  bytes checkpoint;
  lease_id lease;  ///< 0 = the task asked for no device
  fencing_token lease_token = 0;
  device_id device;
  bool plain_kernels = false;  ///< runs with those that need no SIMD
};

/// Hand this task to this agent.
struct start_task {
  agent_id agent;
  task_order order;
};

/// Tell the agent to stop: set the cancel token of a thread, kill a process.
struct stop_task {
  agent_id agent;
  task_epoch task;
  errc why = errc::cancelled;
};

/// The agent ignored its cancel: fence its steps, replace its thread, start another agent of its class.
struct abandon_agent {
  agent_id agent;
};

/// Ask the device's coordinator for a share on behalf of an agent.
struct ask_lease {
  agent_id agent;
  device_id device;
  std::uint8_t priority = 5;
  share_wish wish = {};
  std::uint32_t cpu_milli = 0;   ///< what it wants of a processor, in cores
  std::uint64_t host_bytes = 0;  ///< what it wants of a processor's memory
  bool in_steps = false;         ///< its task can be stopped between two steps
  std::vector<priority_boost> boosts = {};
};

/// Keep a share of a device free for a task that has no agent yet. `on_reserved` or `on_reservation_refused` follows.
struct reserve_share {
  ask_lease ask;  ///< `agent` stands for the task; nobody asks for the share yet
  task_id task;
  time_point from{};
  time_point until{};
};

/// What the stand-in has reserved is the agent's from now on.
struct claim_reservation {
  agent_id stand_in;
  device_id device;
  agent_id agent;
};

/// Keep nothing free any more for an agent or a stand-in.
struct end_reservation {
  agent_id agent;
  device_id device;
};

struct return_lease {
  agent_id agent;
  device_id device;
  lease_id lease;
};

/// The device is broken: end its leases and grant no more. What its holders ran is seen to already.
struct quarantine_device {
  device_id device;
  std::string why;
};

/// Say this to the leader.
struct tell_leader {
  std::variant<start_batch, outcome_batch, progress_batch, lease_renewal, return_batch, checkpoint_batch> message;
};

/// Everything has ended after a drain.
struct drained {};

/// Too many handlers are stuck: everything else has ended, start again.
struct restart_node {
  std::string why;
};

using node_action =
    std::variant<start_task, stop_task, abandon_agent, ask_lease, return_lease, reserve_share, claim_reservation,
                 end_reservation, quarantine_device, tell_leader, drained, restart_node>;

/// What a node's dispatcher wants done; a node stores nothing, so there is no commit.
using node_effects = std::vector<node_action>;

}  // namespace dunlin

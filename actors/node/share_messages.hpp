// SPDX-License-Identifier: Apache-2.0
// What the coordinator of a device is told. Of these only the leader's words and those of other nodes come from
// outside.
#pragma once

#include <functional>
#include <vector>

#include "actors/caf_messages.hpp"
#include "actors/node/channels.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

struct share_ask {
  agent_id agent;
  std::uint8_t priority = 5;
  share_wish wish;
  std::uint32_t cpu_milli = 0;   ///< where the device is a processor
  std::uint64_t host_bytes = 0;  ///< likewise
  bool in_steps = false;
  std::vector<priority_boost> boosts = {};
};

/// Keeps that share free; a reservation_answer follows.
struct share_reserve {
  share_ask asked;  ///< `agent` stands for a task that has none yet
  task_id task;
  time_point from{};
  time_point until{};
};

/// What the stand-in has reserved is the agent's, which asks for it next or has a share already.
struct share_claim {
  agent_id stand_in;
  agent_id agent;
};

struct share_unreserve {
  agent_id agent;
};

struct share_return {
  agent_id agent;
  lease_id lease;  ///< 0 = gives up waiting
};

/// The device is broken: its leases end now, and it grants no more. Nobody is told: whoever says so has told them.
struct share_quarantine {
  std::string why;
};

struct share_used {
  agent_id agent;
  fencing_token token = 0;
  std::uint64_t busy_ns = 0;
};

struct agent_gone {
  agent_id id;
};

/// Shares the device in another way from now on. Those that hold a share go on under new contracts. Why it cannot be
/// shared so is told with the heartbeat.
struct share_coordinate {
  share_options options;
};

/// The leader's word on a device that several nodes work on, in answer to the heartbeat that was sent at `sent`.
struct home_heard {
  home_notice notice;
  time_point sent{};
};

/// From another node that works on the device.
struct sharing_heard {
  incarnation from;
  sharing_traffic message;
};

/// Asks for the device's line in a heartbeat.
struct load_query {
  std::function<void(device_load)> done;
};

}  // namespace dunlin

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_ask)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_reserve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_claim)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_unreserve)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_return)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_quarantine)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_used)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::agent_gone)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::share_coordinate)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::home_heard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::sharing_heard)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::load_query)

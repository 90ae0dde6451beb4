// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// Keeps a share of a device free for an agent, ahead of time. The agent claims it by a request that asks for no more,
/// and again after a release; what it asks for besides compute and bytes counts as in any request.
struct share_reservation {
  agent_id agent;
  share_wish wish;  ///< `compute_milli` and `memory_bytes` are kept
  time_point from{};
  time_point until{};
  duration claim_within = 30s;  ///< of `from` or of giving the share back: else the reservation lapses
  std::string owner = {};       ///< whose it is, in words; empty = the agent's
  friend bool operator==(const share_reservation&, const share_reservation&) = default;

  [[nodiscard]] std::string whose() const { return owner.empty() ? "agent " + std::to_string(agent.value) : owner; }

  [[nodiscard]] bool in_force(time_point at) const noexcept { return from <= at && at < until; }

  /// True if a request of its agent for `asked` claims it.
  [[nodiscard]] bool covers(const share_wish& asked) const noexcept {
    return asked.compute_milli <= wish.compute_milli && asked.memory_bytes <= wish.memory_bytes;
  }
};

}  // namespace dunlin

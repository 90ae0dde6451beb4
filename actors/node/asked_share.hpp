// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "actors/node/node_context.hpp"
#include "coordination/sharing/arbiter.hpp"

namespace dunlin {

/// Returns what a task's agent asks of a device; `request` is left to the caller. Cores and host memory count where the
/// device is a processor.
inline share_request asked_share(const node_context& node, std::size_t device, const device_capacity& capacity,
                                 const share_ask& wish) {
  share_request out;
  out.holder = wish.agent;
  out.priority = wish.priority;
  out.boosts = wish.boosts;
  out.wish = wish.wish;
  if (node.has_host_memory[device]) {
    if (wish.cpu_milli > 0) out.wish.ask_for_cores(wish.cpu_milli, capacity.compute_units);
    out.wish.memory_bytes += wish.host_bytes;
  }
  out.in_steps = wish.in_steps;
  out.at_gate = wish.in_steps && node.devices[device]->gate() != nullptr;
  out.preemptible = false;  // a task is not stopped for another one's sake
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "actors/node/own_report.hpp"

#include <unistd.h>

#include <utility>

namespace dunlin {

node_report own_report(const node_context& node, const agent_roster& agents, const node_dispatch& decisions) {
  node_report out;
  out.node = node.config.name;
  out.life = node.config.life;
  out.agents = agents.classes();  // also a class whose agents are being replaced just now
  for (const auto& device : node.devices) {
    auto facts = device->properties();
    out.devices.push_back({facts.id, std::move(facts.kind), std::move(facts.name), facts.compute_units,
                           facts.memory_bytes, std::move(facts.enforcement), std::move(facts.shared_as),
                           decisions.quarantined(facts.id)});
  }
  out.max_concurrent = node.config.dispatch.max_concurrent;
  out.max_queued = node.config.max_queued;
  out.max_memory_per_task = node.config.max_memory_per_task;
  out.held = decisions.held();
  if (out.held.size() > max_held_tasks) out.held.resize(max_held_tasks);  // what is running comes first
  out.draining = decisions.draining();
  out.pid = static_cast<std::uint64_t>(::getpid());
  out.http = node.config.http;
  return out;
}

}  // namespace dunlin

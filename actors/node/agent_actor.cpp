// SPDX-License-Identifier: Apache-2.0
#include "actors/node/agent_actor.hpp"

#include <utility>

#include "actors/node/agent_runner.hpp"

namespace dunlin {

namespace {

struct agent_state {
  static inline const char* name = "agent";
  node_context_pointer node;
  agent_id id;
  std::unique_ptr<agent_runner> runner;

  ~agent_state() {
    runner.reset();
    if (node) node->living_agents.fetch_sub(1);
  }
};

agent_handle::behavior_type agent_actor(agent_handle::stateful_pointer<agent_state> self,
                                        const node_context_pointer& node, const agent_kind& kind) {
  auto& state = self->state;
  node->living_agents.fetch_add(1);
  state.node = node;
  state.runner = make_runner(node, kind);
  return {
      [&state](const agent_enrolled& enrolled) { state.id = enrolled.id; },
      [&state](task_order& order) { state.runner->start(state.id, std::move(order)); },
      [&state](const stop_task& stop) { state.runner->stop(stop.task, stop.why); },
      [&state](agent_delivery& message) { state.runner->deliver(state.id, std::move(message)); },
  };
}

}  // namespace

agent_handle spawn_agent_actor(caf::actor_system& system, const node_context_pointer& node, const agent_kind& kind) {
  return system.spawn(
      [node, &kind](agent_handle::stateful_pointer<agent_state> self) { return agent_actor(self, node, kind); });
}

}  // namespace dunlin

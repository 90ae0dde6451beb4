// SPDX-License-Identifier: Apache-2.0
#include "actors/node/agent_actor.hpp"

#include <utility>

#include "actors/node/agent_runner.hpp"

namespace dunlin {

namespace {

struct agent_state {
  static inline const char* name = "agent";
  agent_id id;
  std::unique_ptr<agent_runner> runner;
};

/// Without it CAF would say only of what type the exception was. A user's code is guarded: this is our own.
caf::error describe(std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& known) {
    return caf::make_error(caf::sec::runtime_error, std::string{known.what()});
  } catch (...) {
    return caf::make_error(caf::sec::runtime_error, std::string{"something that is no std::exception"});
  }
}

agent_handle::behavior_type agent_actor(agent_handle::stateful_pointer<agent_state> self,
                                        const node_context_pointer& node, const agent_kind& kind) {
  self->set_exception_handler(describe);
  auto& state = self->state;
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

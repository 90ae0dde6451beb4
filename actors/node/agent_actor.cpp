// SPDX-License-Identifier: Apache-2.0
#include "actors/node/agent_actor.hpp"

#include <utility>

#include "actors/node/agent_runner.hpp"

namespace dunlin {

namespace {

struct crew_member {
  agent_id id;
  std::unique_ptr<agent_runner> runner;
  std::unique_ptr<agent_bargainer> bargainer = {};  ///< made when it is first asked
};

struct crew_state {
  static inline const char* name = "agent";
  std::vector<crew_member> members;
  std::size_t next = 0;  ///< where the last search ended: tasks come for one after the other

  /// Null for one that is not of this crew.
  crew_member* find(agent_id id) noexcept {
    for (std::size_t tried = 0; tried < members.size(); ++tried) {
      auto& member = members[next];
      next = next + 1 == members.size() ? 0 : next + 1;
      if (member.id == id) return &member;
    }
    return nullptr;
  }
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

crew_handle::behavior_type crew(crew_handle::stateful_pointer<crew_state> self, const node_context_pointer& node,
                                const agent_kind* kind, std::uint32_t count) {
  self->set_exception_handler(describe);
  auto& state = self->state;
  state.members.resize(count);
  for (auto& member : state.members) member.runner = make_runner(node, *kind);
  const auto bargain = [&state, node, kind](const bargain_request& request) {
    auto* member = state.find(request.agent);
    if (member == nullptr) return;
    if (!member->bargainer) member->bargainer = std::make_unique<agent_bargainer>(node, *kind);
    member->bargainer->hear(request, member->runner->work());
  };
  return {
      [bargain](const bargain_request& request) { bargain(request); },
      [&state](const crew_enrolled& enrolled) {
        for (std::size_t i = 0; i < state.members.size(); ++i) state.members[i].id = enrolled.ids[i];
      },
      [&state](order_batch& batch) {
        for (auto& one : batch.starts)
          if (const auto* member = state.find(one.agent)) member->runner->start(one.agent, std::move(one.order));
      },
      [&state](const stop_task& stop) {
        if (const auto* member = state.find(stop.agent)) member->runner->stop(stop.task, stop.why);
      },
      [&state](agent_delivery& message) {
        if (const auto* member = state.find(message.to)) member->runner->deliver(member->id, std::move(message));
      },
  };
}

}  // namespace

crew_handle spawn_crew(caf::actor_system& system, const node_context_pointer& node, const agent_kind& kind,
                       std::uint32_t count) {
  return system.spawn(crew, node, &kind, count);
}

}  // namespace dunlin

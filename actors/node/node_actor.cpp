// SPDX-License-Identifier: Apache-2.0
#include "actors/node/node_actor.hpp"

#include <algorithm>
#include <utility>

#include "actors/node/process_usage.hpp"
#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

struct node_actor_state {
  static inline const char* name = "node";
  node_context_pointer node;
  process_usage usage;
  heartbeat next;
  time_point due{};  ///< when the next beat should be
  bool has_leader = false;
  bool beating = false;
};

using node_pointer = node_handle::stateful_pointer<node_actor_state>;

/// Asks every part; the dispatcher's answer sends the heartbeat.
void beat(node_pointer self) {
  auto& state = self->state;
  state.beating = false;
  if (!state.has_leader) return;
  const auto at = state.node->now();
  state.next.lateness = std::chrono::floor<milliseconds>(std::max(duration{0}, at - state.due));
  const auto me = caf::actor_cast<node_handle>(self);
  for (const auto& coordinator : state.node->coordinators)
    self->send(coordinator, load_query{[me](device_load load) { caf::anon_send(me, std::move(load)); }});
  self->send(state.node->dispatcher, dispatch_query{[me](const node_dispatch& dispatch) {
               caf::anon_send(me, node_figures{dispatch.running(), dispatch.queued(), dispatch.stuck_handlers()});
             }});
  state.due = at + state.node->config.heartbeat;
  state.beating = true;
  self->delayed_send(self, state.node->config.heartbeat, beat_atom::value);
}

void say_heartbeat(node_actor_state& state, const node_figures& figures) {
  if (!state.has_leader) return;
  auto& next = state.next;
  ++next.sequence;
  next.running = figures.running;
  next.queued = figures.queued;
  next.stuck_handlers = figures.stuck;
  next.cpu_permille = state.usage.cpu_permille(state.node->now());
  next.rss_bytes = resident_bytes();
  state.node->leader->say(heartbeat{next});
}

void keep(node_actor_state& state, device_load&& load) {
  auto& devices = state.next.devices;
  const auto known = std::ranges::find(devices, load.id, &device_load::id);
  if (known == devices.end())
    devices.push_back(std::move(load));
  else
    *known = std::move(load);
}

node_handle::behavior_type node_actor(node_pointer self, const node_context_pointer& node) {
  self->state.node = node;
  return {
      [=](leader_is_up) {
        self->state.has_leader = true;
        self->state.due = self->state.node->now();
        if (!self->state.beating) beat(self);
      },
      [=](leader_is_down) { self->state.has_leader = false; },
      [=](beat_atom) { beat(self); },
      [=](device_load& load) { keep(self->state, std::move(load)); },
      [=](const node_figures& figures) { say_heartbeat(self->state, figures); },
  };
}

}  // namespace

node_handle spawn_node_actor(caf::actor_system& system, node_context_pointer node) {
  return system.spawn(node_actor, std::move(node));
}

}  // namespace dunlin

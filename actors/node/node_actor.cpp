// SPDX-License-Identifier: Apache-2.0
#include "actors/node/node_actor.hpp"

#include <algorithm>
#include <deque>
#include <utility>

#include "actors/node/process_usage.hpp"
#include "coordination/observe/device_meter.hpp"
#include "coordination/orchestration/node_dispatch.hpp"

namespace dunlin {

namespace {

struct node_actor_state {
  static inline const char* name = "node";
  node_context_pointer node;
  process_usage usage;
  std::vector<device_meter> meters;  ///< by device
  std::vector<bool> broken;          ///< by device: the dispatcher has heard of it
  heartbeat next;
  time_point due{};                                       ///< when the next beat should be
  std::deque<std::pair<std::uint64_t, time_point>> sent;  ///< the latest beats, newest last
  bool has_leader = false;
  bool beating = false;
};

/// Answers to older beats prolong nothing any more.
constexpr std::size_t most_beats_remembered = 64;

using node_pointer = node_handle::stateful_pointer<node_actor_state>;

/// A device may break while nobody has a step there to report it.
void look_at_devices(node_pointer self) {
  auto& state = self->state;
  for (std::size_t i = 0; i < state.node->devices.size(); ++i) {
    if (state.broken[i]) continue;
    auto works = state.node->devices[i]->health();
    if (works) continue;
    state.broken[i] = true;
    self->send(state.node->dispatcher, device_broke{{i}, std::move(works.error())});
  }
}

/// Asks every part; the dispatcher's answer sends the heartbeat.
void beat(node_pointer self) {
  auto& state = self->state;
  state.beating = false;
  if (!state.has_leader) return;
  const auto at = state.node->now();
  look_at_devices(self);
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
  state.sent.emplace_back(next.sequence, state.node->now());
  if (state.sent.size() > most_beats_remembered) state.sent.pop_front();
  state.node->leader->say(heartbeat{next});
}

/// A home may decide for a while from when the beat was sent, not from when its answer came.
void hear_of_homes(node_pointer self, heartbeat_answer& answer) {
  auto& state = self->state;
  const auto beat = std::ranges::find(state.sent, answer.sequence, &std::pair<std::uint64_t, time_point>::first);
  if (beat == state.sent.end()) return;
  for (auto& notice : answer.homes) {
    const auto shared = state.node->shared_coordinators.find(notice.appointed.device);
    if (shared != state.node->shared_coordinators.end())
      self->send(shared->second, home_heard{std::move(notice), beat->second});
  }
}

/// What the device says of itself, looked at once a beat.
device_figures figures_of(node_actor_state& state, device_id id) {
  auto& device = *state.node->devices[id.value];
  device.tidy(state.node->now());
  auto told = device.telemetry();
  device_figures out;
  out.held_bytes = told.held_bytes;
  out.pool = std::move(told.pool);
  out.sensors = std::move(told.sensors);
  auto& meter = state.meters[id.value];
  if (told.measures_busy)
    out.busy_permille =
        meter.busy_permille(told.busy_ns, device.properties().compute_units, state.node->now()).value_or(-1);
  if (out.busy_permille < 0) out.why_unmeasured = told.measures_busy ? "not measured yet" : "the device does not tell";
  return out;
}

void keep(node_actor_state& state, device_load&& load) {
  load.figures = figures_of(state, load.id);
  auto& devices = state.next.devices;
  const auto known = std::ranges::find(devices, load.id, &device_load::id);
  if (known == devices.end())
    devices.push_back(std::move(load));
  else
    *known = std::move(load);
}

node_handle::behavior_type node_actor(node_pointer self, const node_context_pointer& node) {
  self->state.node = node;
  self->state.meters.resize(node->devices.size());
  self->state.broken.resize(node->devices.size());
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
      [=](heartbeat_answer& answer) { hear_of_homes(self, answer); },
  };
}

}  // namespace

node_handle spawn_node_actor(caf::actor_system& system, node_context_pointer node) {
  return system.spawn(node_actor, std::move(node));
}

}  // namespace dunlin

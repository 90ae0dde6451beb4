// SPDX-License-Identifier: Apache-2.0
#include "actors/node/local_node.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <thread>
#include <utility>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/node/coordinator.hpp"
#include "actors/node/dispatcher.hpp"
#include "actors/node/node_actor.hpp"
#include "actors/node/router.hpp"
#include "actors/node/severable_events.hpp"
#include "actors/node/shared_coordinator.hpp"
#include "actors/node/supervisor.hpp"

namespace dunlin {

namespace {

time_point monotonic_now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

wall_ms machine_wall_clock() {
  return std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool needs_process(const agent_kind& kind) { return kind.isolation == isolation_mode::process; }

result<void> check_kinds(const std::vector<agent_kind>& kinds, bool has_agent_host) {
  std::set<std::string> names;
  for (const auto& kind : kinds) {
    if (!is_valid_name(kind.name))
      return fail(errc::invalid_argument, "'" + kind.name + "' is no name of a kind", "use letters, digits and ._-");
    if (!names.insert(kind.name).second)
      return fail(errc::duplicate_name, "two kinds are called '" + kind.name + "'", "give one of them another name",
                  "kinds");
    const bool is_command = kind.name == command_kind_name;
    if (!kind.make && !is_command)
      return fail(errc::invalid_argument, "kind '" + kind.name + "' makes no agents", "use kind_of<Agent>(…)");
    if (needs_process(kind) && !is_command && !has_agent_host)
      return fail(errc::not_supported, "kind '" + kind.name + "' wants a process, but no agent host is known");
  }
  return {};
}

}  // namespace

struct local_node::state {
  node_context_pointer node;  ///< as the actors hold it
  node_handle pulse;
  std::shared_ptr<severable_events> events;
};

namespace {

/// A node without one of its parts is none: its owner has to start another one.
template <class Handle>
void watch(const Handle& part, const char* name, const std::shared_ptr<severable_events>& events) {
  part->attach_functor([name, events](const caf::error& reason) {
    if (reason != caf::exit_reason::user_shutdown)
      events->on_broken("the " + std::string{name} + " of this node ended: " + caf::to_string(reason));
  });
}

/// Waits until nobody else has this pointer. Returns false if that takes too long.
bool wait_for_the_last(const node_context_pointer& node, std::chrono::steady_clock::time_point until) {
  while (node.use_count() > 1) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(1ms);
  }
  static_cast<void>(node_context_pointer{node});  // reading a count orders nothing, giving up a copy does
  return true;
}

void keep_forever(node_context_pointer&& node) { static_cast<void>(new node_context_pointer{std::move(node)}); }

/// Returns a pointer to the same context with a count of its own.
node_context_pointer counted_apart(const node_context_pointer& node) {
  return {std::make_shared<node_context_pointer>(node), node.get()};
}

void spawn_coordinator_of(caf::actor_system& system, const node_context_pointer& node, std::size_t device) {
  const auto shared_as = node->devices[device]->properties().shared_as;
  if (shared_as.empty()) {
    node->coordinators.push_back(spawn_coordinator(system, node, device));
    return;
  }
  auto shared = spawn_shared_coordinator(system, node, device);
  node->coordinators.emplace_back(shared);
  node->shared_coordinators.emplace(shared_as, std::move(shared));
}

node_context_pointer make_context(local_node_config&& config, local_node_parts&& parts) {
  auto node = std::make_shared<node_context>();
  node->config = std::move(config);
  node->kinds = std::move(parts.kinds);
  node->devices = std::move(parts.devices);
  node->leader = std::move(parts.leader);
  node->peers = std::move(parts.peers);
  node->meeting = std::move(parts.meeting);
  node->groups = std::move(parts.groups);
  if (node->config.dispatch.max_threads == 0)
    node->config.dispatch.max_threads = std::max(1U, node->devices.front()->properties().compute_units);
  node->config.dispatch.max_memory_per_task = node->config.max_memory_per_task;
  node->config.dispatch.devices.clear();
  node->now = parts.clock ? std::move(parts.clock) : monotonic_now;
  node->wall = parts.wall_clock ? std::move(parts.wall_clock) : machine_wall_clock;
  for (const auto& device : node->devices) {
    const auto facts = device->properties();
    node->config.dispatch.devices.push_back(
        {facts.kind, facts.compute_units, facts.memory_bytes, facts.bytes_per_second});
    node->has_host_memory.push_back(facts.kind == "cpu");
    node->busy_ns.push_back(std::make_unique<std::atomic<std::uint64_t>>(0));
  }
  return node;
}

}  // namespace

result<std::unique_ptr<local_node>> local_node::start(caf::actor_system& system, local_node_config config,
                                                      local_node_parts parts) {
  if (parts.devices.empty()) return fail(errc::invalid_argument, "a node needs a device");
  if (auto checked = check_kinds(parts.kinds, !config.agent_host.empty()); !checked)
    return fail(std::move(checked.error()));
  auto events = std::make_shared<severable_events>(std::move(parts.events));
  auto node = make_context(std::move(config), std::move(parts));
  node->events = events;
  if (std::ranges::any_of(node->kinds, needs_process)) {
    auto processes = process_host::make({.work_root = node->config.work_root});
    if (!processes) return fail(std::move(processes.error()));
    node->processes = std::move(*processes);
  }
  node = counted_apart(node);
  for (std::size_t i = 0; i < node->devices.size(); ++i) spawn_coordinator_of(system, node, i);
  node->router = spawn_router(system, node);
  node->dispatcher = spawn_dispatcher(system, node);
  node->supervisor = spawn_supervisor(system, node);
  auto pulse = spawn_node_actor(system, node);
  for (const auto& coordinator : node->coordinators) watch(coordinator, "coordinator", events);
  watch(node->router, "router", events);
  watch(node->dispatcher, "dispatcher", events);
  watch(node->supervisor, "supervisor", events);
  watch(pulse, "heartbeat", events);
  caf::anon_send(node->supervisor, start_atom::value);  // only now are all there that an agent may meet
  return std::unique_ptr<local_node>{
      new local_node{std::make_unique<state>(state{std::move(node), std::move(pulse), std::move(events)})}};
}

local_node::local_node(std::unique_ptr<state> state) : state_(std::move(state)) {}

void local_node::stop() {
  const auto end = [](const auto& actor) { caf::anon_send_exit(actor, caf::exit_reason::user_shutdown); };
  end(state_->node->supervisor);  // ends the agents
  end(state_->pulse);
  end(state_->node->dispatcher);
  end(state_->node->router);
  for (const auto& coordinator : state_->node->coordinators) end(coordinator);
}

// Devices and the process host own threads, on which steps and children end: they must not die there with the last
// pointer to the context, but here. A handler that never returns keeps the rest of the context, without harm.
local_node::~local_node() {
  stop();
  auto node = std::move(state_->node);
  const bool all_ended = wait_for_the_last(node, std::chrono::steady_clock::now() + node->config.stop_patience);
  state_->events->sever();
  if (!all_ended) {
    keep_forever(std::move(node));  // an async handler hangs: its actor needs all of it
    return;
  }
  node->processes.reset();
  node->devices.clear();
  node->leader.reset();
  node->peers.reset();
  node->events.reset();
}

void local_node::on_leader_up() {
  caf::anon_send(state_->node->supervisor, leader_is_up{});
  caf::anon_send(state_->pulse, leader_is_up{});
}

void local_node::on_leader_down() { caf::anon_send(state_->pulse, leader_is_down{}); }

void local_node::hear(node_message&& message) {
  const auto& to = state_->node->dispatcher;
  std::visit(
      [this, &to](auto& one) {
        using message_type = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<message_type, coordinate_order>)
          coordinate(one);
        else if constexpr (std::is_same_v<message_type, heartbeat_answer>)
          caf::anon_send(state_->pulse, std::move(one));
        else
          caf::anon_send(to, std::move(one));
      },
      message);
}

/// What its leader has checked is not refused here.
void local_node::coordinate(const coordinate_order& order) {
  const auto& coordinators = state_->node->coordinators;
  if (order.device.value < coordinators.size())
    caf::anon_send(coordinators[order.device.value], share_coordinate{order.options});
}

void local_node::hear(const std::string& from_node, incarnation from_life, agent_traffic&& message) {
  caf::anon_send(state_->node->router, incoming_traffic{from_node, from_life, std::move(message)});
}

/// What is said of a device that this node does not work on is lost.
void local_node::hear(incarnation from_life, sharing_traffic&& message) {
  const auto& device = std::visit([](const auto& one) -> const std::string& { return one.device; }, message);
  const auto shared = state_->node->shared_coordinators.find(device);
  if (shared != state_->node->shared_coordinators.end())
    caf::anon_send(shared->second, sharing_heard{from_life, std::move(message)});
}

void local_node::on_peer_lost(const std::string& node, incarnation life, const std::string& why) {
  caf::anon_send(state_->node->router, peer_lost{node, life, why});
}

void local_node::drain(milliseconds patience) { caf::anon_send(state_->node->dispatcher, drain_order{patience}); }

void local_node::ping(std::function<void()> done) {
  caf::anon_send(state_->node->dispatcher, dispatch_query{[done = std::move(done)](const node_dispatch&) { done(); }});
}

}  // namespace dunlin

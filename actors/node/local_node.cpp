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
#include "actors/node/supervisor.hpp"

namespace dunlin {

namespace {

time_point monotonic_now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

/// Actors end within microseconds; this only bounds the wait should one not.
constexpr auto agent_patience = std::chrono::seconds{2};

bool needs_process(const agent_kind& kind) { return kind.isolation == isolation_mode::process; }

result<void> check_kinds(const std::vector<agent_kind>& kinds, bool has_agent_host) {
  std::set<std::string> names;
  for (const auto& kind : kinds) {
    if (!is_valid_name(kind.name))
      return fail(errc::invalid_argument, "'" + kind.name + "' is no name of a kind", "use letters, digits and ._-");
    if (!names.insert(kind.name).second) return fail(errc::duplicate_name, "two kinds are called '" + kind.name + "'");
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
  explicit state(caf::actor_system& in) : system(in) {}
  caf::actor_system& system;
  node_context_pointer node;
  supervisor_handle supervisor;
  node_handle pulse;
};

result<std::unique_ptr<local_node>> local_node::start(caf::actor_system& system, local_node_config config,
                                                      local_node_parts parts) {
  if (parts.devices.empty()) return fail(errc::invalid_argument, "a node needs a device");
  if (auto checked = check_kinds(parts.kinds, !config.agent_host.empty()); !checked)
    return fail(std::move(checked.error()));
  auto node = std::make_shared<node_context>();
  node->config = std::move(config);
  node->kinds = std::move(parts.kinds);
  node->devices = std::move(parts.devices);
  node->leader = std::move(parts.leader);
  node->peers = std::move(parts.peers);
  node->events = std::move(parts.events);
  node->now = monotonic_now;
  for (std::size_t i = 0; i < node->devices.size(); ++i)
    node->busy_ns.push_back(std::make_unique<std::atomic<std::uint64_t>>(0));
  if (std::ranges::any_of(node->kinds, needs_process)) {
    auto processes = process_host::make({.work_root = node->config.work_root});
    if (!processes) return fail(std::move(processes.error()));
    node->processes = std::move(*processes);
  }
  auto running = std::make_unique<state>(system);
  auto* parts_of = running.get();
  // In this order nothing meets a part that is not there yet: an agent is the first to send anything.
  for (std::size_t i = 0; i < node->devices.size(); ++i)
    node->coordinators.push_back(spawn_coordinator(system, node, i));
  node->router = spawn_router(system, node, [parts_of] { return parts_of->supervisor; });
  node->dispatcher = spawn_dispatcher(system, node);
  running->node = node;
  running->pulse = spawn_node_actor(system, node);
  running->supervisor = spawn_supervisor(system, node);
  return std::unique_ptr<local_node>{new local_node{std::move(running)}};
}

local_node::local_node(std::unique_ptr<state> state) : state_(std::move(state)) {}

local_node::~local_node() {
  auto& node = *state_->node;
  caf::scoped_actor self{state_->system};
  const auto end = [&self](const auto& actor) {
    self->send_exit(actor, caf::exit_reason::user_shutdown);
    self->wait_for(actor);
  };
  end(state_->supervisor);  // ends the agents
  end(state_->pulse);
  end(node.dispatcher);
  end(node.router);
  for (const auto& coordinator : node.coordinators) end(coordinator);
  const auto until = std::chrono::steady_clock::now() + agent_patience;
  while (node.living_agents.load() > 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  node.devices.clear();  // waits a moment for handlers that still run, then leaves them
}

void local_node::on_leader_up() {
  caf::anon_send(state_->node->dispatcher, leader_is_up{});
  caf::anon_send(state_->pulse, leader_is_up{});
}

void local_node::on_leader_down() { caf::anon_send(state_->pulse, leader_is_down{}); }

void local_node::hear(node_message&& message) {
  const auto& to = state_->node->dispatcher;
  std::visit(
      [&to](auto& one) {
        using message_type = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<message_type, drain_order>)
          caf::anon_send(to, drain_atom::value);
        else if constexpr (!std::is_same_v<message_type, heartbeat_answer>)
          caf::anon_send(to, std::move(one));
      },
      message);
}

void local_node::hear(const std::string& from_node, incarnation from_life, agent_traffic&& message) {
  caf::anon_send(state_->node->router, incoming_traffic{from_node, from_life, std::move(message)});
}

void local_node::on_peer_lost(const std::string& node, incarnation life, const std::string& why) {
  caf::anon_send(state_->node->router, peer_lost{node, life, why});
}

void local_node::drain() { caf::anon_send(state_->node->dispatcher, drain_atom::value); }

}  // namespace dunlin

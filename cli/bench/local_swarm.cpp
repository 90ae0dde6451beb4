// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/local_swarm.hpp"

#include <utility>

namespace dunlin::bench {

/// Both ways between leader and node: plain calls.
struct local_swarm::ways final : public node_channel, public leader_channel, public peer_channel, public node_events {
  incarnation life{1};
  local_node* node = nullptr;
  orchestrator_handle leader;

  void tell(incarnation, node_message&& message) override {
    if (node != nullptr) node->hear(std::move(message));
  }
  void tell_all(const peer_lost&) override {}
  void cut(incarnation, const error&) override {}
  void say(leader_message&& message) override { caf::anon_send(leader, said_by_node{life, std::move(message)}); }
  result<void> send(const std::string&, agent_traffic&&) override {
    return fail(errc::unreachable, "there is one node");
  }
  result<void> send(const std::string&, sharing_traffic&&) override {
    return fail(errc::unreachable, "there is one node");
  }
  void on_drained() override {}
  void on_broken(std::string) override {}
};

result<std::unique_ptr<local_swarm>> local_swarm::start(std::size_t threads, std::vector<agent_kind> kinds,
                                                        std::uint32_t max_concurrent) {
  std::unique_ptr<local_swarm> out{new local_swarm};
  out->config_.set("scheduler.policy", caf::atom("sharing"));
  out->config_.set("scheduler.max-threads", threads);
  out->system_ = std::make_unique<caf::actor_system>(out->config_);
  out->ways_ = std::make_shared<ways>();
  swarm_config config;
  config.store = "memory";
  auto leader = start_leader(*out->system_, config, out->ways_->life, out->ways_, {}, {});
  if (!leader) return fail(std::move(leader.error()));
  out->leader_ = std::move(*leader);
  out->ways_->leader = out->leader_.orchestrator;
  device_factory_options options;
  options.gpus = false;
  options.cpu.workers = 1;
  auto devices = open_devices(options);
  if (!devices) return fail(std::move(devices.error()));
  local_node_config of_node;
  of_node.name = "bench";
  of_node.life = out->ways_->life;
  of_node.dispatch.max_concurrent = max_concurrent;
  of_node.max_queued = max_concurrent;
  local_node_parts parts{std::move(kinds), std::move(devices->devices), out->ways_, out->ways_, out->ways_};
  auto node = local_node::start(*out->system_, std::move(of_node), std::move(parts));
  if (!node) return fail(std::move(node.error()));
  out->node_ = std::move(*node);
  out->ways_->node = out->node_.get();
  out->node_->on_leader_up();
  return out;
}

local_swarm::~local_swarm() {
  if (leader_.orchestrator != nullptr) {
    caf::scoped_actor self{*system_};
    self->send_exit(leader_.orchestrator, caf::exit_reason::user_shutdown);
    self->wait_for(leader_.orchestrator);
  }
  node_.reset();
  leader_ = {};
  if (ways_) ways_->leader = nullptr;
}

}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/remote_swarm.hpp"

#include <sstream>
#include <thread>
#include <utility>

#include "actors/swarm/swarm_process.hpp"
#include "cli/bench/link_echo.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin::bench {

namespace {

constexpr auto leader_name = "bench-leader";
constexpr auto node_name = "bench-node";
constexpr std::size_t payload_words = 8;       // 64 bytes, as the pings of the floors carry
constexpr std::uint32_t most_waiting = 8'192;  // more than any window of the bench

}  // namespace

result<std::unique_ptr<remote_swarm>> remote_swarm::start(const remote_swarm_options& options) {
  std::unique_ptr<remote_swarm> out{new remote_swarm};
  if (auto leading = out->lead(options); !leading) return fail(std::move(leading.error()));
  const auto secret_file = options.directory + "/secret";
  auto secret = net::read_or_create_secret(secret_file);
  if (!secret) return fail(std::move(secret.error()));
  if (auto listening = out->listen(*secret); !listening) return fail(std::move(listening.error()));
  auto node = peer_process::start(options.program);
  if (!node) return fail(std::move(node.error()));
  out->node_ = std::move(*node);
  const auto state = options.directory + "/node-" + std::to_string(options.batch_limit);
  const auto ready =
      out->node_->ask("node " + std::to_string(out->desk_->host->port()) + ' ' + secret_file + ' ' + state + ' ' +
                      std::to_string(options.agents) + ' ' + std::to_string(options.batch_limit));
  if (!ready) return fail(error{ready.error()});
  if (*ready != "ready") return fail(errc::io_failed, "the bench's node: " + *ready);
  out->client_ = std::make_unique<task_client>(*out->system_, out->leader_.orchestrator, payload_words);
  if (!wait_for_agents(out->leader_.orchestrator, options.agents))
    return fail(errc::timeout, "the agents did not come up");
  return out;
}

result<void> remote_swarm::lead(const remote_swarm_options& options) {
  config_.set("scheduler.policy", caf::atom("sharing"));
  config_.set("scheduler.max-threads", std::size_t{2});
  system_ = std::make_unique<caf::actor_system>(config_);
  desk_->node = leader_name;
  desk_->life = random_life();
  swarm_config config;
  config.store = "memory";
  config.batch_limit = options.batch_limit;
  auto started = start_leader(*system_, config, desk_->life, std::make_shared<leader_nodes_channel>(desk_), {}, {});
  if (!started) return fail(std::move(started.error()));
  leader_ = std::move(*started);
  desk_->leader = leader_.orchestrator;
  return {};
}

result<void> remote_swarm::listen(const std::string& secret) {
  reception_ = std::make_unique<link_reception>(
      desk_, [](const error&, bool) {}, [] {});
  auto config = bench_link(leader_name, secret);
  config.own.life = desk_->life;
  config.own.leads = true;
  auto host = net::link_host::start(std::move(config), *reception_);
  if (!host) return fail(std::move(host.error()));
  desk_->host = std::move(*host);
  return {};
}

remote_swarm::~remote_swarm() {
  client_.reset();
  node_.reset();
  std::weak_ptr<net::link_host> ending = desk_->host;
  {
    const std::lock_guard lock{desk_->mutex};
    desk_->host.reset();
  }
  while (!ending.expired()) std::this_thread::sleep_for(std::chrono::milliseconds{1});
  if (leader_.orchestrator != nullptr) {
    caf::scoped_actor self{*system_};
    self->send_exit(leader_.orchestrator, caf::exit_reason::user_shutdown);
    self->wait_for(leader_.orchestrator);
  }
  leader_ = {};
  desk_->leader = nullptr;
}

result<void> serve_remote_node(const std::string& order, const std::function<void()>& ready_until_end) {
  std::istringstream words{order};
  std::string port;
  std::uint32_t agents = 0;
  swarm_config config;
  words >> port >> config.secret_file >> config.state_dir >> agents >> config.batch_limit;
  if (!words) return fail(errc::malformed, "an order without all its words: " + order);
  config.cluster = bench_cluster;
  config.node = node_name;
  config.join = "127.0.0.1:" + port;
  config.http = false;
  config.kinds = {ticket_kind};
  config.max_concurrent = agents;
  config.max_queued = most_waiting;
  config.workers = 1;
  config.gpus = false;
  auto node = swarm_process::start(std::move(config), {ticket_kind_of(agents)});
  if (!node) return fail(std::move(node.error()));
  ready_until_end();
  return {};
}

}  // namespace dunlin::bench

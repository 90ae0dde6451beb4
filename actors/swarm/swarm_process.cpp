// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/swarm_process.hpp"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <future>
#include <thread>
#include <utility>

#include "actors/swarm/actor_pulse.hpp"
#include "actors/swarm/leader.hpp"
#include "actors/swarm/link_ends.hpp"
#include "actors/swarm/node_setup.hpp"
#include "actors/swarm/process_life.hpp"
#include "actors/swarm/state_dir.hpp"
#include "actors/swarm/swarm_service.hpp"
#include "coordination/version.hpp"
#include "net/crypto/hmac.hpp"
#include "net/http/server.hpp"
#include "net/secret_file/secret_file.hpp"

namespace dunlin {

namespace {

constexpr auto welcome_patience = std::chrono::seconds{10};
constexpr auto drain_patience = std::chrono::seconds{35};  // a little more than nodes give their handlers

/// How often is looked whether the actors of this process still run, and how often in vain until it ends.
constexpr auto look_after_actors = std::chrono::milliseconds{1'000};
constexpr unsigned lifeless_after = 20;

}  // namespace

/// The parts, in the order in which they start; they end the other way round.
struct swarm_process::state final : public node_events {
  swarm_config config;
  caf::actor_system_config caf_config;
  std::unique_ptr<caf::actor_system> system;
  std::shared_ptr<link_desk> desk = std::make_shared<link_desk>();
  std::string secret;  ///< of the cluster
  std::string no_gpu_reason;
  swarm_leader leader;
  std::unique_ptr<local_node> node;
  std::unique_ptr<link_reception> reception;
  std::unique_ptr<net::link_host> link;
  std::shared_ptr<std::promise<void>> link_returned = std::make_shared<std::promise<void>>();  ///< by its last user
  std::unique_ptr<swarm_service> service;
  std::unique_ptr<net::http_server> http;

  std::shared_ptr<process_life> life = std::make_shared<process_life>();  ///< an actor that ends late may have it too
  actor_pulse pulse{lifeless_after};

  ~state() override;
  void end_link();

  [[nodiscard]] bool leads() const { return config.join.empty(); }
  result<void> start(std::vector<agent_kind> kinds);
  result<void> start_leading();
  result<void> start_node(std::vector<agent_kind> kinds);
  result<void> start_link();
  result<void> join();
  result<void> start_http();

  void on_drained() override;
  void on_broken(std::string why) override { life->finish({false, std::move(why)}); }
  void drain();
  void feel_pulse();
  [[nodiscard]] bool others_are_gone();
};

result<void> swarm_process::state::start(std::vector<agent_kind> kinds) {
  fill_paths(config);
  if (!is_valid_name(config.node) || !is_valid_name(config.cluster))
    return fail(errc::invalid_argument, "'" + config.node + "' or '" + config.cluster + "' is no name",
                "use letters, digits and ._-");
  if (auto prepared = prepare_state_dir(config.state_dir); !prepared) return prepared;
  if (auto prepared = prepare_state_dir(config.run_dir); !prepared) return prepared;
  for (const auto& kind : kinds) desk->kinds.push_back({kind.name, kind.version, 0});
  desk->tell = [quiet = config.quiet](const std::string& text) {
    if (!quiet) std::fprintf(stderr, "dunlin: %s\n", text.c_str());
  };
  auto chosen = choose_kinds(std::move(kinds), config);
  if (!chosen) return fail(std::move(chosen.error()));
  auto shape = parse_overlay_shape(config.shape);
  if (!shape) return fail(std::move(shape.error()));
  desk->node = config.node;
  desk->shape = *shape;
  std::array<std::byte, 8> life{};
  if (auto drawn = net::fill_random(life); !drawn) return drawn;
  std::memcpy(&desk->life.value, life.data(), life.size());
  // `sharing` idles at no cost; see docs for the figures of both.
  caf_config.set("scheduler.policy", caf::atom("sharing"));
  caf_config.set("scheduler.max-threads", std::clamp<std::size_t>(std::thread::hardware_concurrency(), 2, 8));
  system = std::make_unique<caf::actor_system>(caf_config);
  auto found = cluster_secret(config);
  if (!found) return fail(std::move(found.error()));
  secret = std::move(*found);
  if (auto ready = leads() ? start_leading() : result<void>{}; !ready) return ready;
  if (auto ready = start_node(std::move(*chosen)); !ready) return ready;
  if (auto ready = start_link(); !ready) return ready;
  if (!leads()) return join();
  node->on_leader_up();
  return start_http();
}

result<void> swarm_process::state::start_leading() {
  const auto ended = [life = life](std::string why) { life->finish({false, std::move(why)}); };
  auto started =
      start_leader(*system, config, desk->life, std::make_shared<leader_nodes_channel>(desk), desk->tell, ended);
  if (!started) return fail(std::move(started.error()));
  leader = std::move(*started);
  desk->leader = leader.orchestrator;
  return {};
}

result<void> swarm_process::state::start_node(std::vector<agent_kind> kinds) {
  auto devices = open_node_devices(config, secret);
  if (!devices) return fail(std::move(devices.error()));
  no_gpu_reason = devices->no_gpu_reason;
  auto allowed = allow_list::make(config.process_allow, config.process_environment);
  if (!allowed) return fail(std::move(allowed.error()));
  local_node_config of_node;
  of_node.name = config.node;
  of_node.life = desk->life;
  of_node.dispatch.max_concurrent = config.max_concurrent;
  of_node.dispatch.batch_limit = config.batch_limit;
  of_node.max_queued = config.max_queued;
  of_node.max_memory_per_task = config.max_memory_per_task;
  of_node.allowed = std::move(*allowed);
  of_node.agent_host = {"/proc/self/exe", "agent-host"};
  local_node_parts parts;
  parts.kinds = std::move(kinds);
  parts.devices = std::move(devices->devices);
  if (leads())
    parts.leader = std::make_shared<local_leader>(desk);
  else
    parts.leader = std::make_shared<remote_leader>(desk);
  parts.peers = std::make_shared<relayed_peers>(desk);
  open_meetings(desk, parts);
  parts.events = std::shared_ptr<node_events>{this, [](node_events*) {}};
  auto started = local_node::start(*system, std::move(of_node), std::move(parts));
  if (!started) return fail(std::move(started.error()));
  node = std::move(*started);
  desk->here = node.get();
  return {};
}

result<void> swarm_process::state::start_link() {
  const auto refused_by = [this](const error& why, bool dialled) {
    if (dialled) life->refuse(why);
  };
  reception = std::make_unique<link_reception>(desk, refused_by, [this] { life->welcome(); });
  net::link_config of_link;
  of_link.own.cluster = config.cluster;
  of_link.own.node = config.node;
  of_link.own.life = desk->life;
  of_link.own.build = std::string{version()};
  of_link.own.caf_version = "0.17.6";
  of_link.own.leads = leads();
  of_link.own.kinds = desk->kinds;
  of_link.own.message_digest = core_message_digest();
  of_link.secret = secret;
  of_link.port = config.link_port;
  auto started = net::link_host::start(std::move(of_link), *reception);
  if (!started) return fail(std::move(started.error()));
  link = std::move(*started);
  desk->meeting->listens_on(link->port());
  const std::lock_guard lock{desk->mutex};
  desk->host = {link.get(), [returned = link_returned](net::link_host*) { returned->set_value(); }};
  return {};
}

result<void> swarm_process::state::join() {
  auto address = parse_leader_address(config.join);
  if (!address) return fail(std::move(address.error()));
  if (auto dialled = link->dial(address->host, address->port); !dialled) return dialled;
  return life->wait_for_welcome(welcome_patience, config.join);
}

result<void> swarm_process::state::start_http() {
  service = std::make_unique<swarm_service>(*system, leader.orchestrator, leader.store, [this] { drain(); });
  if (!config.http) return {};
  auto token = net::read_or_create_secret(config.token_file);
  if (!token) return fail(std::move(token.error()));
  net::http_config of_http;
  of_http.port = config.http_port;
  of_http.token = std::move(*token);
  auto started = net::http_server::start(std::move(of_http), *service);
  if (!started) return fail(std::move(started.error()));
  http = std::move(*started);
  return {};
}

swarm_process::state::~state() {
  http.reset();
  end_link();
  if (leader.orchestrator != nullptr) {
    caf::scoped_actor self{*system};
    self->send_exit(leader.orchestrator, caf::exit_reason::user_shutdown);
    self->wait_for(leader.orchestrator);
  }
  node.reset();
  service.reset();
  leader = {};
  desk->leader = nullptr;
  system.reset();
}

/// Others may be sending, the link's own thread among them: it ends here, when the last of them is done.
void swarm_process::state::end_link() {
  if (!link) return;
  {
    const std::lock_guard lock{desk->mutex};
    desk->host.reset();
  }
  link_returned->get_future().wait();
  link.reset();
}

void swarm_process::state::on_drained() {
  if (leads()) return life->node_drained();
  remote_leader{desk}.say(node_leaving{"drained"});
  life->finish({true, "drained"});
}

void swarm_process::state::drain() {
  if (!life->begin_drain(drain_patience)) return;
  if (leads())
    caf::anon_send(leader.orchestrator, drain_command{{}, [](const result<std::uint64_t>&) {}});
  else
    node->drain();
}

/// Asks the leader, and waits for its answer.
bool swarm_process::state::others_are_gone() {
  auto promised = std::make_shared<std::promise<bool>>();
  auto answer = promised->get_future();
  caf::anon_send(leader.orchestrator, leader_query{[promised, own = config.node](const orchestration& all, instant) {
                   const auto nodes = all.nodes();
                   promised->set_value(std::ranges::none_of(nodes, [&own](const node_view& node) {
                     return node.name != own && node.state != "left" && node.state != "down";
                   }));
                 }});
  try {
    return answer.wait_for(std::chrono::seconds{1}) == std::future_status::ready && answer.get();
  } catch (const std::future_error&) {  // the leader ended before it answered
    return false;
  }
}

void swarm_process::state::feel_pulse() {
  const auto ask = [this](std::function<void()> done) {
    node->ping([done = std::move(done), leader = leader.orchestrator] {
      if (leader == nullptr) return done();
      caf::anon_send(leader, leader_query{[done](const orchestration&, instant) { done(); }});
    });
  };
  if (!pulse.beat(ask))
    life->finish({false, "its actors have not answered for " + std::to_string(lifeless_after) +
                             " s: a handler with isolation async has to return at once"});
}

std::optional<swarm_end> swarm_process::wait(std::chrono::milliseconds patience) {
  const auto until = process_life::clock::now() + patience;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - process_life::clock::now());
    auto end = state_->life->wait(std::min(left, look_after_actors), [this] { return state_->others_are_gone(); });
    if (end || left <= look_after_actors) return end;
    state_->feel_pulse();
  }
}

result<std::unique_ptr<swarm_process>> swarm_process::start(swarm_config config, std::vector<agent_kind> kinds) {
  auto starting = std::make_unique<state>();
  starting->config = std::move(config);
  if (auto started = starting->start(std::move(kinds)); !started) return fail(std::move(started.error()));
  return std::unique_ptr<swarm_process>{new swarm_process{std::move(starting)}};
}

swarm_process::swarm_process(std::unique_ptr<state> state) : state_(std::move(state)) {}
swarm_process::~swarm_process() = default;

service* swarm_process::swarm() noexcept { return state_->service.get(); }
std::uint16_t swarm_process::link_port() const noexcept { return state_->link->port(); }
std::vector<std::string> swarm_process::linked_nodes() const {
  const std::lock_guard lock{state_->desk->mutex};
  std::vector<std::string> out;
  for (const auto& [life, peer] : state_->desk->peers) out.push_back(peer.node);
  std::ranges::sort(out);
  return out;
}
std::string swarm_process::http_url() const { return state_->http ? state_->http->url() : std::string{}; }
std::string swarm_process::token_file() const { return state_->http ? state_->config.token_file : std::string{}; }
std::string swarm_process::no_gpu_reason() const { return state_->no_gpu_reason; }
void swarm_process::drain() { state_->drain(); }
void swarm_process::stop() { state_->life->finish({true, "stopped"}); }

}  // namespace dunlin

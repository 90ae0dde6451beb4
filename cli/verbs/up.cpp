// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "actors/swarm/host_facts.hpp"
#include "actors/swarm/state_dir.hpp"
#include "cli/client/connection.hpp"
#include "cli/client/up_file.hpp"
#include "cli/text/json_text.hpp"
#include "cli/up/swarm_supervisor.hpp"
#include "cli/up/up_lock.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto ready_patience = 20s;

std::string counted(std::size_t nodes) { return nodes == 1 ? "one node" : std::to_string(nodes) + " nodes"; }

/// Removes the file that says where the swarm runs once it runs no more.
struct up_file_owner {
  const std::string& state_dir;
  ~up_file_owner() { remove_up_file(state_dir); }
};

/// Waits until the leader sees `count` nodes and says that it is ready.
result<void> wait_until_ready(net::http_client& swarm, std::size_t count) {
  const auto until = std::chrono::steady_clock::now() + ready_patience;
  std::string missing;
  while (std::chrono::steady_clock::now() < until) {
    const auto ready = swarm.readiness();
    const auto nodes = swarm.nodes();
    if (ready && nodes) {
      const auto alive = std::ranges::count(*nodes, "alive", &node_view::state);
      missing = !ready->empty() ? *ready : std::to_string(alive) + " of " + std::to_string(count) + " nodes are alive";
      if (ready->empty() && alive >= static_cast<std::ptrdiff_t>(count)) return {};
    } else {
      missing = to_string(ready ? nodes.error() : ready.error());
    }
    std::this_thread::sleep_for(20ms);
  }
  return fail(errc::timeout, "the swarm does not get ready: " + missing);
}

class up_verb final : public verb {
 public:
  up_verb() : verb("up", "start a swarm of node processes on this machine and keep it running", flag_set::up) {}

  void declare(option_list& options) override {
    options.option("--node", &wishes_, "NAME[:CAPABILITY,...] of one node, instead of -n; may be given several times");
  }

  result<int> run(verb_context& with) override {
    state_dir_ = state_dir_of(with.config);
    if (auto prepared = prepare_state_dir(state_dir_); !prepared) return fail(prepared.error());
    auto plans = plan(with.config);
    if (!plans) return fail(plans.error());
    const auto lock = up_lock::take(state_dir_);
    if (!lock) return fail(lock.error());
    const up_file_owner removes_it{state_dir_};
    remove_up_file(state_dir_);  // of one that was killed
    stop_signals signals;
    if (!with.out.json()) with.out.line("starting " + counted(plans->size()) + ", state in " + state_dir_);
    supervisor_events events{[&](const swarm_facts& facts) { return announce(with, facts); },
                             [&](const std::string& note) { with.out.note("dunlin: " + note); }};
    swarm_supervisor swarm{{program(), state_dir_, {}}, std::move(events), std::move(*plans)};
    const auto ended = swarm.run(signals);
    if (!ended) return fail(ended.error());
    if (!with.out.json()) with.out.line(*ended ? "the swarm has ended" : "the swarm has ended, not cleanly");
    return *ended ? exit_code::ok : exit_code::failed;
  }

 private:
  result<std::vector<node_plan>> plan(const settings& config) const {
    const auto host = read_host_facts();
    if (!host) return fail(host.error());
    auto effective = config;
    // Every node gets the same directory, however each would find its own default.
    std::erase_if(effective.given, [](const given_setting& one) { return one.key == "state_dir"; });
    effective.given.push_back({"state_dir", state_dir_, "up"});
    return plan_nodes(effective, {host->cores, host->memory_bytes / 2}, wishes_);
  }

  static std::string program() {
    std::string path(4'096, '\0');
    const auto length = ::readlink("/proc/self/exe", path.data(), path.size());
    path.resize(length < 0 ? 0 : static_cast<std::size_t>(length));
    return path.empty() ? "dunlin" : path;
  }

  result<void> announce(verb_context& with, const swarm_facts& facts) const {
    auto config = with.config;
    config.url = facts.leader.url;
    config.swarm.token_file = facts.leader.token_file;
    auto swarm = connect(config);
    if (!swarm) return fail(swarm.error());
    if (auto ready = wait_until_ready(*swarm, facts.nodes.size()); !ready) return ready;
    const auto own = static_cast<std::int64_t>(::getpid());
    if (auto written = write_up_file(state_dir_, {own, process_start_of(own), facts.leader.url, facts.leader.token_file,
                                                  static_cast<std::uint32_t>(facts.nodes.size())});
        !written)
      return written;
    if (with.out.json())
      print_json(with.out, facts);
    else
      print_text(with.out, facts);
    return {};
  }

  void print_json(const console& out, const swarm_facts& facts) const {
    std::vector<std::string> nodes;
    for (const auto& [name, pid] : facts.nodes) {
      json_text one;
      one.put("name", name);
      one.put("pid", std::int64_t{pid});
      nodes.push_back(std::move(one).take());
    }
    json_text text;
    text.put("url", facts.leader.url);
    text.put("token_file", facts.leader.token_file);
    text.put("state_dir", state_dir_);
    text.put("pid", std::int64_t{::getpid()});
    text.put("no_gpu", facts.leader.no_gpu);
    text.put_raw("nodes", json_array(nodes));
    out.line(std::move(text).take());
  }

  void print_text(const console& out, const swarm_facts& facts) const {
    std::string nodes;
    for (const auto& [name, pid] : facts.nodes)
      (nodes += nodes.empty() ? "" : ", ") += name + " (process " + std::to_string(pid) + ")";
    out.line("the swarm is ready");
    out.line("  nodes  " + nodes);
    out.line("  HTTP   " + facts.leader.url);
    out.line("  token  " + facts.leader.token_file);
    out.line("  logs   " + state_dir_ + "/" + facts.nodes.front().first + ".log" +
             (facts.nodes.size() > 1 ? ", ..." : ""));
    if (!facts.leader.no_gpu.empty()) out.line("  GPU    none: " + facts.leader.no_gpu);
    out.line("Ctrl-C drains and stops it, a second one kills it; from elsewhere: dunlin down --state-dir " +
             state_dir_);
  }

  std::vector<std::string> wishes_;
  std::string state_dir_;
};

}  // namespace

std::unique_ptr<verb> make_up() { return std::make_unique<up_verb>(); }

}  // namespace dunlin::cli

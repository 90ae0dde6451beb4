// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/fleet.hpp"

#include <unistd.h>

#include <csignal>
#include <utility>

#include "actors/swarm/state_dir.hpp"

namespace dunlin::flight {

namespace {

constexpr std::chrono::seconds drain_patience{15};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ",") + word;
  return out;
}

cli::node_plan plan_of(const flight_node& node, const std::string& state_dir) {
  cli::node_plan out{node.name, {}};
  cli::tell(out, "node.name", node.name);
  cli::tell(out, "node.kinds", joined(node.kinds));
  cli::tell(out, "node.capabilities", joined(node.capabilities));
  cli::tell(out, "node.workers", "1");
  // A short queue: what the leader still holds goes to whoever is done first.
  cli::tell(out, "node.max_concurrent", "1");
  cli::tell(out, "node.max_queued", "2");
  cli::tell(out, "state_dir", state_dir);
  cli::tell(out, "http.port", "0");
  cli::tell(out, "link.port", "0");
  return out;
}

}  // namespace

fleet::fleet(cli::stop_signals& signals, std::string state_dir, listener tell)
    : signals_(signals), state_dir_(std::move(state_dir)), tell_(std::move(tell)) {}

fleet::~fleet() { static_cast<void>(stop()); }

result<cli::swarm_facts> fleet::start(const std::vector<flight_node>& nodes) {
  if (auto prepared = prepare_state_dir(state_dir_); !prepared) return fail(std::move(prepared.error()));
  std::vector<cli::node_plan> plans;
  plans.reserve(nodes.size());
  for (const auto& node : nodes) plans.push_back(plan_of(node, state_dir_));
  auto ready = ready_.get_future();
  thread_ = std::thread{[this, plans = std::move(plans)]() mutable { supervise(std::move(plans)); }};
  return ready.get();
}

void fleet::supervise(std::vector<cli::node_plan> plans) {
  cli::supervisor_events events;
  events.on_ready = [this](const cli::swarm_facts& facts) -> result<void> {
    is_ready_ = true;
    ready_.set_value(facts);
    return {};
  };
  events.on_note = [this](const std::string& note) {
    if (!asked_to_end_) tell_(note);
  };
  {
    cli::swarm_supervisor swarm{
        {"flight", state_dir_, {}, std::chrono::seconds{30}, drain_patience}, std::move(events), std::move(plans)};
    outcome_ = swarm.run(signals_);
  }
  ended_ = true;
  if (is_ready_) return;
  ready_.set_value(
      fail(outcome_ ? error{errc::cancelled, "the flight was stopped before the nodes were ready"} : outcome_.error()));
}

result<bool> fleet::stop() {
  if (!thread_.joinable()) return outcome_;
  asked_to_end_ = true;
  // As anybody would from outside, unless somebody has: a second signal kills. The supervising thread reads it.
  if (!ended_ && !signals_.came()) ::kill(::getpid(), SIGTERM);
  thread_.join();
  return outcome_;
}

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#include "cli/up/swarm_supervisor.hpp"

#include <poll.h>

#include <algorithm>
#include <filesystem>

namespace dunlin::cli {

namespace {

constexpr auto never = std::chrono::steady_clock::time_point::max();

time_point on_run_clock(std::chrono::steady_clock::time_point at) {
  return time_point{std::chrono::duration_cast<duration>(at.time_since_epoch())};
}

std::uint64_t size_of(const std::string& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

}  // namespace

swarm_supervisor::swarm_supervisor(supervisor_options options, supervisor_events events, std::vector<node_plan> plans)
    : options_(std::move(options)), events_(std::move(events)) {
  for (auto& plan : plans) {
    node one;
    one.plan = std::move(plan);
    one.policy = restart_policy{options_.restarts};
    nodes_.push_back(std::move(one));
  }
}

swarm_supervisor::~swarm_supervisor() {
  signal_all(SIGKILL);
  const auto until = clock::now() + std::chrono::seconds{5};
  while (any_runs() && clock::now() < until)
    for (auto& one : nodes_) {
      pollfd ended{one.child.end_fd(), POLLIN, 0};
      if (one.child.runs()) ::poll(&ended, 1, 100);
      one.child.collect();
    }
}

result<bool> swarm_supervisor::run(stop_signals& signals) {
  nodes_.front().start_at = clock::now();
  while (phase_ != phase::ending || any_runs()) {
    wait_for_news(signals);
    while (signals.take()) on_stop("asked to stop");
    for (auto& one : nodes_)
      if (auto looked = look_after(one); !looked) return fail(looked.error());
    if (phase_ == phase::ending) on_ending_tick();
    const bool all_left = std::ranges::all_of(nodes_, [](const node& one) { return one.left; });
    if (all_left) phase_ = phase::ending;
  }
  return clean_;
}

void swarm_supervisor::wait_for_news(stop_signals& signals) {
  std::vector<pollfd> wires{{signals.fd(), POLLIN, 0}};
  for (const auto& one : nodes_) {
    if (one.child.output_fd() >= 0) wires.push_back({one.child.output_fd(), POLLIN, 0});
    if (one.child.end_fd() >= 0) wires.push_back({one.child.end_fd(), POLLIN, 0});
  }
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(next_deadline() - clock::now());
  const auto longest = std::chrono::milliseconds{60'000};
  ::poll(wires.data(), wires.size(), static_cast<int>(std::clamp(left, std::chrono::milliseconds{0}, longest).count()));
}

swarm_supervisor::clock::time_point swarm_supervisor::next_deadline() const {
  auto out = std::min(kill_at_, clock::now() + std::chrono::hours{1});
  for (const auto& one : nodes_) out = std::min({out, one.start_at, one.ready_until});
  return out;
}

result<void> swarm_supervisor::look_after(node& which) {
  if (auto line = which.child.read_output())
    if (auto taken = on_ready(which, std::move(*line)); !taken) return taken;
  if (const auto end = which.child.collect())
    if (auto taken = on_end(which, *end); !taken) return taken;
  const auto now = clock::now();
  if (now >= which.start_at && phase_ != phase::ending) return launch(which);
  if (now < which.ready_until) return {};
  which.ready_until = never;
  if (phase_ == phase::starting)
    return fail(errc::timeout, which.plan.name + " did not get ready", "its log is " + log_of(which));
  which.child.send(SIGKILL);  // its end is counted like any other
  return {};
}

result<void> swarm_supervisor::launch(node& which) {
  which.start_at = never;
  which.ready = false;
  which.log_from = size_of(log_of(which));
  sigset_t none{};
  sigemptyset(&none);
  auto child = node_child::start(arguments_of(which.plan, options_.program), log_of(which), none);
  if (!child) return fail(child.error());
  which.child = std::move(*child);
  which.ready_until = clock::now() + options_.start_patience;
  return {};
}

result<void> swarm_supervisor::on_ready(node& which, ready_line line) {
  which.ready = true;
  which.ready_until = never;
  if (&which == &nodes_.front()) {
    leader_ = std::move(line);
    // Others find it where it was, should it be started again.
    tell(which.plan, "link.port", std::to_string(leader_.link_port));
    if (const auto colon = leader_.url.rfind(':'); colon != std::string::npos)
      tell(which.plan, "http.port", leader_.url.substr(colon + 1));
  }
  if (phase_ != phase::starting) {
    events_.on_note(which.plan.name + " is ready again");
    return {};
  }
  for (auto& one : nodes_)
    if (!one.ready && !one.child.runs()) {
      tell(one.plan, "link.join", "127.0.0.1:" + std::to_string(leader_.link_port));
      tell(one.plan, "link.port", "0");
      one.start_at = clock::now();
    }
  if (!std::ranges::all_of(nodes_, [](const node& one) { return one.ready; })) return {};
  phase_ = phase::running;
  swarm_facts facts{leader_, {}};
  for (const auto& one : nodes_) facts.nodes.emplace_back(one.plan.name, one.child.pid());
  return events_.on_ready(facts);
}

result<void> swarm_supervisor::on_end(node& which, const node_end& how) {
  const bool was_ready = std::exchange(which.ready, false);
  which.ready_until = never;
  if (phase_ == phase::ending) {
    // A node that had drained already may meet our SIGTERM on its last steps.
    clean_ = clean_ && (how.clean || how.terminated);
    return {};
  }
  const auto why = last_error_in(log_of(which), which.log_from);
  if (phase_ == phase::starting && !was_ready)
    return fail(why.value_or(
        error{errc::crashed, which.plan.name + " ended while it started: " + how.how, "its log is " + log_of(which)}));
  if (how.clean) {
    which.left = true;
    if (&which == &nodes_.front()) on_stop("the swarm was asked to stop");
    return {};
  }
  const auto in_words = which.plan.name + " ended with " + how.how + (why ? ": " + to_string(*why) : "");
  const auto delay = which.policy.on_down(on_run_clock(clock::now()));
  if (!delay) return fail(errc::crashed, in_words + "; that is once too often", "its log is " + log_of(which));
  events_.on_note(in_words + "; it is started again");
  which.start_at = clock::now() + std::chrono::duration_cast<clock::duration>(*delay);
  return {};
}

void swarm_supervisor::on_stop(const std::string& why) {
  if (phase_ == phase::ending) {
    events_.on_note("killing what still runs");
    return signal_all(SIGKILL);
  }
  events_.on_note(why + "; the nodes finish what they run (once more to kill them)");
  const bool leader_runs = nodes_.front().child.runs() && nodes_.front().ready;
  phase_ = phase::ending;
  kill_at_ = clock::now() + options_.drain_patience;
  // The leader drains all the others, and ends last. Without one, each looks after itself.
  if (leader_runs)
    nodes_.front().child.send(SIGTERM);
  else
    signal_all(SIGTERM);
}

void swarm_supervisor::on_ending_tick() {
  if (!nodes_.front().child.runs() && any_runs() && kill_at_ > clock::now() + std::chrono::seconds{10}) {
    // Nobody is left to tell them when to end.
    signal_all(SIGTERM);
    kill_at_ = clock::now() + std::chrono::seconds{10};
  }
  if (clock::now() < kill_at_ || !any_runs()) return;
  kill_at_ = never;
  clean_ = false;
  events_.on_note("the drain took too long; killing what still runs");
  signal_all(SIGKILL);
}

void swarm_supervisor::signal_all(int signal) {
  for (const auto& one : nodes_) one.child.send(signal);
}

bool swarm_supervisor::any_runs() const {
  return std::ranges::any_of(nodes_, [](const node& one) { return one.child.runs(); });
}

std::string swarm_supervisor::log_of(const node& which) const {
  return options_.state_dir + "/" + which.plan.name + ".log";
}

}  // namespace dunlin::cli

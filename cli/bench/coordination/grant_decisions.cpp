// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/grant_decisions.hpp"

#include <deque>
#include <string>
#include <utility>

#include "cli/bench/coordination/shared_device.hpp"
#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin::bench {

namespace {

constexpr unsigned repetitions = 7;
constexpr std::uint32_t units = 64;

device_capacity capacity() { return {device_id{1}, units, 1U << 30U}; }

double ns_each(std::chrono::steady_clock::time_point from, double count) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - from).count() / count;
}

/// A device with as many holders as the pattern lets in, and a crowd that waits for it.
class crowded_arbiter {
 public:
  static result<crowded_arbiter> make(sharing_pattern pattern, std::uint64_t waiting) {
    share_options options;
    options.pattern = pattern;
    auto rule = make_rule(options, capacity());
    if (!rule) return fail(std::move(rule.error()));
    arbiter_config config;
    config.capacity = capacity();
    config.terms.max_waiting = waiting + 1;
    config.terms.ttl = config.terms.max_hold = config.terms.patience = std::chrono::hours{1};
    crowded_arbiter out{arbiter{config, std::move(*rule)}};
    for (std::uint64_t agent = 1; agent <= out.holders_.size() + waiting; ++agent)
      if (auto asked = out.ask({agent}); !asked) return fail(std::move(asked.error()));
    return out;
  }

  /// Returns the nanoseconds of one decision: a release with the grant that follows from it, or the next request of
  /// who released.
  double decide(std::uint32_t count) {
    const auto from = std::chrono::steady_clock::now();
    for (std::uint32_t i = 0; i < count / 2; ++i) {
      const auto [agent, token] = holders_.front();
      holders_.pop_front();
      static_cast<void>(shares_.release(agent, token, now_, out_));
      take_grants();
      static_cast<void>(ask(agent));
    }
    return ns_each(from, count);
  }

  double renew(std::uint32_t count) {
    const auto [agent, token] = holders_.front();
    const auto from = std::chrono::steady_clock::now();
    for (std::uint32_t i = 0; i < count; ++i) static_cast<void>(shares_.renew(agent, token, now_ += 1us));
    return ns_each(from, count);
  }

 private:
  explicit crowded_arbiter(arbiter shares) : shares_(std::move(shares)) {}

  result<void> ask(agent_id agent) {
    share_request wanted;
    wanted.request = {agent.value};
    wanted.holder = agent;
    wanted.wish.compute_milli = 1;
    wanted.in_steps = true;
    auto asked = shares_.request(wanted, now_ += 1us, out_);
    take_grants();
    return asked;
  }

  void take_grants() {
    for (const auto& effect : out_)
      if (const auto* granted = std::get_if<share_granted>(&effect))
        holders_.emplace_back(granted->contract.holder, granted->contract.token);
    out_.clear();
  }

  arbiter shares_;
  time_point now_{1'000s};
  sharing_effects out_;
  std::deque<std::pair<agent_id, fencing_token>> holders_;
};

std::string crowd_text(std::uint32_t crowd) {
  return crowd >= 1'000 ? std::to_string(crowd / 1'000) + "k" : std::to_string(crowd);
}

result<void> add_crowd(bench_report& out, sharing_pattern pattern, std::uint32_t crowd, std::uint32_t decisions) {
  auto crowded = crowded_arbiter::make(pattern, crowd);
  if (!crowded) return fail(std::move(crowded.error()));
  static_cast<void>(crowded->decide(decisions));  // warm
  auto name = "grant_decision_ns_" + crowd_text(crowd);
  if (pattern != sharing_pattern::exclusive) name += "_" + std::string{to_string(pattern)};
  out.figures.push_back(
      make_figure(std::move(name), "ns", repeat(repetitions, [&] { return crowded->decide(decisions); })));
  out.figures.back().note = "a release with the grant that follows, or a request; " + std::to_string(crowd) +
                            " agents wait, " + std::string{to_string(pattern)};
  return {};
}

}  // namespace

result<void> add_grant_decisions(bench_report& out, const coordination_options& options) {
  for (const auto pattern : all_patterns())
    for (const auto crowd : {options.crowd / 100, options.crowd})
      if (auto added = add_crowd(out, pattern, crowd, options.decisions); !added) return added;
  auto alone = crowded_arbiter::make(sharing_pattern::exclusive, 1);
  if (!alone) return fail(std::move(alone.error()));
  out.figures.push_back(
      make_figure("renew_idle_ns", "ns", repeat(repetitions, [&] { return alone->renew(options.decisions); })));
  out.figures.back().note = "a renewal; nobody else waits";
  return {};
}

}  // namespace dunlin::bench

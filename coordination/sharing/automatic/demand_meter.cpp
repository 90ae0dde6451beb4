// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/demand_meter.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace dunlin {

namespace {

constexpr double of_newest_step = 0.1;
constexpr double of_newest_job = 0.3;

// As long as nothing is known of anybody.
constexpr double unknown_step_ns = 1e6;
constexpr double unknown_job_ns = 2e9;
constexpr double unknown_away_ns = 5e8;
constexpr double interactive_job_ns = 1e7;
constexpr double interactive_away_ns = 2e8;

constexpr int gone_after = 4;  // times as long as usual
constexpr duration gone_for_good = 3s;

void learn(std::optional<double>& mean, double value, double part) {
  mean = mean ? *mean + part * (value - *mean) : value;
}

std::uint64_t at_least_one(double number) { return static_cast<std::uint64_t>(std::max(std::round(number), 1.0)); }

duration nanoseconds_of(double time) { return duration{static_cast<duration::rep>(time)}; }

}  // namespace

void demand_meter::on_asked(const share_request& asked, time_point now) {
  if (!agents_.contains(asked.holder) && agents_.size() >= most_agents_) forget_one();
  auto& one = agents_[asked.holder];
  if (one.left_at != time_point{} && !one.here)
    learn(one.away_ns, static_cast<double>((now - one.left_at).count()), of_newest_job);
  one.asked = asked;
  one.order = ++orders_;
  one.here = true;
  one.steps = 0;
}

void demand_meter::on_step(agent_id agent, duration busy, std::uint32_t units) {
  const auto found = agents_.find(agent);
  if (found == agents_.end()) return;
  auto& one = found->second;
  ++one.steps;
  const auto used = std::clamp(units, 1U, width_of(one.asked.wish, capacity_.compute_units));
  learn(one.step_ns, static_cast<double>(busy.count()) * used, of_newest_step);
}

void demand_meter::on_left(agent_id agent, time_point now) {
  const auto found = agents_.find(agent);
  if (found == agents_.end() || !found->second.here) return;
  auto& one = found->second;
  one.here = false;
  one.left_at = now;
  if (one.steps > 0) learn(one.job_steps, static_cast<double>(one.steps), of_newest_job);
}

void demand_meter::forget_one() {
  const auto key = [](const auto& entry) { return std::pair{entry.second.here, entry.second.order}; };
  const auto first = std::min_element(agents_.begin(), agents_.end(),
                                      [&](const auto& one, const auto& other) { return key(one) < key(other); });
  if (first != agents_.end()) agents_.erase(first);
}

device_demand demand_meter::at(time_point now) const {
  const std::array<usual, 2> others{usual_of(false, now), usual_of(true, now)};
  std::vector<std::pair<std::uint64_t, agent_demand>> ordered;
  for (const auto& [agent, one] : agents_)
    if (auto demand = demand_of(one, others.at(one.asked.wish.interactive ? 1 : 0), now))
      ordered.emplace_back(one.order, *demand);
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  device_demand out{capacity_, {}};
  for (const auto& [order, demand] : ordered) out.agents.push_back(demand);
  return out;
}

demand_meter::usual demand_meter::usual_of(bool interactive, time_point now) const {
  usual sum;
  double gone = 0;
  double jobs = 0;
  double pauses = 0;
  for (const auto& [agent, one] : agents_) {
    if (one.asked.wish.interactive != interactive) continue;
    if (one.job_steps) {
      sum.job_ns += *one.job_steps * one.step_ns.value_or(unknown_step_ns);
      ++jobs;
    }
    if (one.away_ns) {
      sum.away_ns += *one.away_ns;
      ++pauses;
    } else if (!one.here && now - one.left_at > gone_for_good) {
      ++gone;
    }
  }
  const auto none_job = interactive ? interactive_job_ns : unknown_job_ns;
  const auto none_away = interactive ? interactive_away_ns : unknown_away_ns;
  return {jobs > 0 ? sum.job_ns / jobs : none_job, pauses > 0 ? sum.away_ns / pauses : none_away, gone <= pauses};
}

std::optional<agent_demand> demand_meter::demand_of(const known_agent& one, const usual& others, time_point now) const {
  const auto& asked = one.asked;
  agent_demand out{asked.holder, asked.wish, asked.priority, asked.preemptible, asked.in_steps};
  const auto step_ns = one.step_ns.value_or(unknown_step_ns);
  const auto so_far = static_cast<double>(one.steps);
  out.step = nanoseconds_of(step_ns);
  out.job_steps = at_least_one(one.job_steps.value_or(std::max(2 * so_far, others.job_ns / std::max(step_ns, 1.0))));
  if (one.away_ns || others.come_back) out.away = nanoseconds_of(one.away_ns.value_or(others.away_ns));
  if (one.here) {
    const auto left = static_cast<double>(out.job_steps) - so_far;
    out.steps_left = at_least_one(left > 0 ? left : so_far);
    return out;
  }
  if (out.away == duration::max() || now - one.left_at > out.away * gone_after + 1s) return std::nullopt;
  out.back_in = std::max(one.left_at + out.away - now, duration{0});
  return out;
}

}  // namespace dunlin

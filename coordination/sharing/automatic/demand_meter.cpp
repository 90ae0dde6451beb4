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

constexpr duration strangers_after = 20s;
constexpr std::size_t most_strangers = 16;

void learn(std::optional<double>& mean, double value, double part) {
  mean = mean ? *mean + part * (value - *mean) : value;
}

std::uint64_t at_least_one(double number) { return static_cast<std::uint64_t>(std::max(std::round(number), 1.0)); }

duration nanoseconds_of(double time) { return duration{static_cast<duration::rep>(time)}; }

}  // namespace

void demand_meter::on_asked(const share_request& asked, time_point now) {
  if (!agents_.contains(asked.holder) && agents_.size() >= most_agents_) forget_one();
  const auto [at, is_new] = agents_.try_emplace(asked.holder);
  auto& one = at->second;
  if (is_new) one.came_at = now;
  if (one.left_at != time_point{} && !one.here)
    learn(one.away_ns, static_cast<double>((now - one.left_at).count()), of_newest_job);
  one.asked = asked;
  one.order = ++orders_;
  one.here = true;
  one.steps = 0;
}

void demand_meter::on_steps(agent_id agent, std::uint64_t steps, duration each, std::uint32_t units) {
  const auto found = agents_.find(agent);
  if (found == agents_.end() || steps == 0) return;
  found->second.steps += steps;
  found->second.times.learn(steps, static_cast<double>(each.count()),
                            std::clamp(units, 1U, std::max(capacity_.compute_units, 1U)));
}

void demand_meter::step_times::learn(std::uint64_t steps, double ns, std::uint32_t units) {
  const auto part = 1 - std::pow(1 - of_newest_step, static_cast<double>(steps));
  const auto see = [&](on_units& at) {
    at.ns = at.units == units ? at.ns + part * (ns - at.ns) : ns;
    at.units = units;
  };
  see(newest);
  if (fewest.units == 0 || units <= fewest.units) see(fewest);
  if (units >= most.units) see(most);
}

/// Returns how many units are of use: as many times as few as it had as its steps were faster on more.
std::uint32_t demand_meter::step_times::width(std::uint32_t wished) const {
  if (fewest.units == most.units) return wished;
  const auto gain = fewest.units * fewest.ns / std::max(most.ns, 1.0);
  return static_cast<std::uint32_t>(std::clamp(std::round(gain), 1.0, static_cast<double>(most.units)));
}

double demand_meter::step_times::on_one_unit(std::uint32_t wished) const {
  return newest.units == 0 ? unknown_step_ns : newest.ns * std::min(newest.units, width(wished));
}

std::uint32_t demand_meter::wished_width(const known_agent& one) const {
  return width_of(one.asked.wish, capacity_.compute_units);
}

double demand_meter::step_ns(const known_agent& one) const { return one.times.on_one_unit(wished_width(one)); }

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
  std::vector<known_agent> once;
  for (const auto& [agent, one] : agents_) {
    if (auto demand = demand_of(one, others.at(one.asked.wish.interactive ? 1 : 0), now))
      ordered.emplace_back(one.order, *demand);
    else if (!one.away_ns && one.job_steps && now - one.came_at < strangers_after)
      once.push_back(one);
  }
  std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  device_demand out{capacity_, {}};
  for (const auto& [order, demand] : ordered) out.agents.push_back(demand);
  if (!out.agents.empty()) add_strangers(std::move(once), now, out);
  return out;
}

void demand_meter::add_strangers(std::vector<known_agent> once, time_point now, device_demand& out) const {
  std::sort(once.begin(), once.end(), [](const auto& a, const auto& b) { return a.order > b.order; });
  if (once.size() > most_strangers) once.resize(most_strangers);
  for (const auto& one : once) {
    auto stranger = nature_of(one, {});
    stranger.stranger = true;
    stranger.back_in = one.came_at + strangers_after - now;
    out.agents.push_back(stranger);
  }
}

demand_meter::usual demand_meter::usual_of(bool interactive, time_point now) const {
  usual sum;
  double gone = 0;
  double jobs = 0;
  double pauses = 0;
  for (const auto& [agent, one] : agents_) {
    if (one.asked.wish.interactive != interactive) continue;
    if (one.job_steps) {
      sum.job_ns += *one.job_steps * step_ns(one);
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

/// What it is, without what it does now and when it comes back.
agent_demand demand_meter::nature_of(const known_agent& one, const usual& others) const {
  const auto& asked = one.asked;
  agent_demand out{asked.holder, asked.wish, asked.priority, asked.preemptible, asked.in_steps};
  const auto step_ns = this->step_ns(one);
  const auto so_far = static_cast<double>(one.steps);
  out.most_units = one.times.width(wished_width(one));
  out.step = nanoseconds_of(step_ns);
  out.job_steps = at_least_one(one.job_steps.value_or(std::max(2 * so_far, others.job_ns / std::max(step_ns, 1.0))));
  return out;
}

std::optional<agent_demand> demand_meter::demand_of(const known_agent& one, const usual& others, time_point now) const {
  auto out = nature_of(one, others);
  if (one.away_ns || others.come_back) out.away = nanoseconds_of(one.away_ns.value_or(others.away_ns));
  if (one.here) {
    const auto left = static_cast<double>(out.job_steps) - static_cast<double>(one.steps);
    out.steps_left = at_least_one(left > 0 ? left : static_cast<double>(one.steps));
    return out;
  }
  if (out.away == duration::max() || now - one.left_at > out.away * gone_after + 1s) return std::nullopt;
  out.back_in = std::max(one.left_at + out.away - now, duration{0});
  return out;
}

}  // namespace dunlin

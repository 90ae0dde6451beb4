// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/automatic/forecast.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "coordination/sharing/automatic/rehearsal.hpp"

namespace dunlin {

namespace {

/// Three times as long as all jobs one after the other, and as the longest way from one job to the next.
duration time_ahead(const device_demand& demand, const forecast_terms& terms) {
  const auto units = demand.capacity.compute_units;
  const auto most = terms.most_ahead;
  duration sum{0};
  for (const auto& one : demand.agents) {
    const auto steps = std::max(one.job_steps, one.steps_left);
    const auto step = one.step_on(units, units);
    const auto job = steps >= static_cast<std::uint64_t>(most / step) ? most : step * static_cast<duration::rep>(steps);
    sum = std::max(sum + job, std::min(one.away == duration::max() ? duration{0} : one.away, most));
  }
  return std::clamp(3 * std::min(sum, most), terms.least_ahead, most);
}

}  // namespace

double mean_slowdown(std::span<const job_progress> agents) {
  double weights = 0;
  double sum = 0;
  for (const auto& one : agents) {
    if (one.wanted <= duration{0}) continue;
    const auto alone = static_cast<double>(std::max({one.alone, one.one_step, duration{1}}).count());
    weights += one.weight;
    sum += one.weight * std::log(std::max(static_cast<double>(one.wanted.count()) / alone, 1.0));
  }
  return weights > 0 ? std::exp(sum / weights) : 1;
}

forecast::forecast(std::unique_ptr<rehearsal> play) noexcept : play_(std::move(play)) {}
forecast::~forecast() = default;
forecast::forecast(forecast&&) noexcept = default;
forecast& forecast::operator=(forecast&&) noexcept = default;

result<forecast> forecast::make(device_demand demand, const share_options& options, const forecast_terms& terms) {
  auto rule = make_rule(options, demand.capacity);
  if (!rule) return fail(std::move(rule.error()));
  const auto ahead = time_ahead(demand, terms);
  return forecast{std::make_unique<rehearsal>(std::move(demand), std::move(*rule), terms_of(options), terms, ahead)};
}

bool forecast::go_on(std::uint64_t events) { return play_->play(events); }
std::uint64_t forecast::played() const noexcept { return play_->played(); }
double forecast::slowdown() const { return mean_slowdown(play_->progress()); }

result<double> forecast_slowdown(const device_demand& demand, const share_options& options,
                                 const forecast_terms& terms) {
  auto made = forecast::make(demand, options, terms);
  if (!made) return fail(std::move(made.error()));
  made->go_on(std::numeric_limits<std::uint64_t>::max());
  return made->slowdown();
}

}  // namespace dunlin

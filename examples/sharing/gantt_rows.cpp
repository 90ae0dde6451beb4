// SPDX-License-Identifier: Apache-2.0
#include "examples/sharing/gantt_rows.hpp"

#include <algorithm>
#include <array>

namespace dunlin::sharing {

namespace {

/// Returns how many steps of which members lie in the stretch: first the members, then the steps.
std::pair<std::size_t, std::size_t> life_in(const std::vector<step_taken>& steps, const stretch& within) {
  std::array<bool, crew_size> seen{};
  std::size_t count = 0;
  for (const auto& step : steps) {
    if (step.end <= within.from || step.begin >= within.to) continue;
    seen[step.member] = true;
    ++count;
  }
  return {static_cast<std::size_t>(std::ranges::count(seen, true)), count};
}

}  // namespace

std::vector<step_taken> with_units(const story& of) {
  auto out = of.steps;
  std::ranges::sort(out, {}, &step_taken::begin);
  std::vector<moment> free_at(of.units);
  for (auto& step : out) {
    if (step.pooled) {
      const auto free = std::ranges::find_if(free_at, [&](moment at) { return at <= step.begin; });
      step.first_unit = free == free_at.end() ? 0 : static_cast<std::uint32_t>(free - free_at.begin());
      step.units = 1;
    }
    for (auto unit = step.first_unit; unit < std::min(step.first_unit + step.units, of.units); ++unit)
      free_at[unit] = std::max(free_at[unit], step.end);
  }
  return out;
}

std::vector<step_taken> bars_of(const std::vector<step_taken>& steps, const stretch& within,
                                std::chrono::nanoseconds gap) {
  std::vector<step_taken> out;
  std::array<std::size_t, crew_size> last;
  last.fill(steps.size());
  for (auto step : steps) {
    if (step.end <= within.from || step.begin >= within.to) continue;
    step.begin = std::max(step.begin, within.from);
    step.end = std::min(step.end, within.to);
    auto& before = last[step.member];
    if (before < out.size() && out[before].first_unit == step.first_unit && out[before].units == step.units &&
        step.begin - out[before].end < gap) {
      out[before].end = std::max(out[before].end, step.end);
      continue;
    }
    before = out.size();
    out.push_back(step);
  }
  return out;
}

stretch busiest(const std::vector<step_taken>& steps, const phase& during, std::chrono::nanoseconds length) {
  stretch best{during.from, during.from + length};
  auto most = life_in(steps, best);
  for (auto from = during.from + length / 2; from + length <= during.to; from += length / 2) {
    const stretch here{from, from + length};
    const auto life = life_in(steps, here);
    if (life > most) best = here;
    most = std::max(most, life);
  }
  return best;
}

}  // namespace dunlin::sharing

// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/mixed_load.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "cli/bench/coordination/mixed_crew.hpp"

namespace dunlin::bench {

namespace {

/// By pattern; `any` = automatic choice.
struct mixed_samples {
  std::map<sharing_pattern, std::vector<double>> slowdowns;
  std::vector<double> switches;  ///< of automatic choice
};

/// Automatic choice begins without knowing anything, each time.
result<void> play(sharing_pattern pattern, const coordination_options& options, mixed_samples& out) {
  auto device = shared_device::make(options.units);
  if (!device) return fail(std::move(device.error()));
  auto automatic = automatic_mode::make((*device)->capacity(), {});
  if (!automatic) return fail(std::move(automatic.error()));
  const bool chooses = pattern == sharing_pattern::any;
  const share_options first{.pattern = chooses ? automatic->pattern() : pattern};
  if (auto shared = (*device)->share_by(first); !shared) return shared;
  mixed_crew crew{**device, mixed_agents((*device)->capacity()), chooses ? &*automatic : nullptr};
  if (auto ran = crew.run(options.mixed_lasts); !ran) return ran;
  out.slowdowns[pattern].push_back(crew.slowdown());
  if (chooses) out.switches.push_back(static_cast<double>(crew.switches()));
  return {};
}

std::string name_of(sharing_pattern pattern) {
  return pattern == sharing_pattern::any ? "automatic" : std::string{to_string(pattern)};
}

/// Units: percent; negative = it is ahead.
figure distance_of(const mixed_samples& samples) {
  sharing_pattern best = sharing_pattern::any;
  double lowest = std::numeric_limits<double>::infinity();
  for (const auto pattern : all_patterns()) {
    const auto median = spread_of(samples.slowdowns.at(pattern)).median;
    if (median < lowest) best = pattern;
    lowest = std::min(lowest, median);
  }
  figure out;
  out.name = "auto_vs_best_percent";
  out.value = 100 * (spread_of(samples.slowdowns.at(sharing_pattern::any)).median / lowest - 1);
  out.unit = "%";
  out.baseline = mixed_prefix + name_of(best);
  out.note = "how far automatic choice is behind the best fixed pattern; it learns what is wanted while it is measured";
  return out;
}

}  // namespace

result<void> add_mixed_load(bench_report& out, const coordination_options& options) {
  auto modes = all_patterns();
  modes.push_back(sharing_pattern::any);
  mixed_samples samples;
  for (unsigned round = 0; round < options.mixed_rounds; ++round) {
    std::rotate(modes.begin(), modes.begin() + 1, modes.end());  // nobody is always first
    for (const auto mode : modes)
      if (auto played = play(mode, options, samples); !played) return played;
  }
  for (const auto pattern : all_patterns())
    out.figures.push_back(make_figure(mixed_prefix + name_of(pattern), "", samples.slowdowns.at(pattern)));
  out.figures.push_back(
      make_figure(mixed_prefix + name_of(sharing_pattern::any), "", samples.slowdowns.at(sharing_pattern::any)));
  out.figures.back().note = "switches, median: " + std::to_string(std::lround(spread_of(samples.switches).median));
  out.figures.push_back(distance_of(samples));
  return {};
}

}  // namespace dunlin::bench

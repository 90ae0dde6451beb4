// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

namespace dunlin::bench {

/// The middle and the ends of some measurements. Units: whatever was measured.
struct spread {
  double median = 0;
  double min = 0;
  double max = 0;
};

/// Returns the spread of `samples`; zeros if there are none. An even count takes the mean of the two in the middle.
[[nodiscard]] spread spread_of(std::vector<double> samples);

/// Returns the value below which `share` (0..1) of the samples lie, by nearest rank; 0 if there are none.
[[nodiscard]] double percentile(std::vector<double> samples, double share);

/// Two sides measured in turn, A-B-B-A, so that a machine that slows down or warms up favours neither.
struct comparison {
  std::vector<double> ours;      ///< in the order of measurement: first and last of each round
  std::vector<double> baseline;  ///< the two in the middle of each round

  /// Returns the A/A ratio: the median of our first samples ÷ the median of our second ones. 1 on a quiet machine.
  [[nodiscard]] double noise() const;
};

/// Measures `rounds` times A, B, B, A and keeps every figure. `ours` and `baseline` return one figure per call.
template <class Ours, class Baseline>
comparison measure_abba(unsigned rounds, Ours&& ours, Baseline&& baseline) {
  comparison out;
  for (unsigned round = 0; round < rounds; ++round) {
    out.ours.push_back(ours());
    out.baseline.push_back(baseline());
    out.baseline.push_back(baseline());
    out.ours.push_back(ours());
  }
  return out;
}

/// Measures `count` times.
template <class Measure>
std::vector<double> repeat(unsigned count, Measure&& measure) {
  std::vector<double> out;
  for (unsigned i = 0; i < count; ++i) out.push_back(measure());
  return out;
}

}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/coordination/bootstrap.hpp"

#include <random>
#include <utility>

#include "cli/bench/samples.hpp"

namespace dunlin::bench {

double upper95_of_median(const std::vector<double>& samples, std::uint64_t seed) {
  constexpr unsigned resamples = 4'000;
  if (samples.empty()) return 0;
  std::mt19937_64 random{seed};
  std::vector<double> medians;
  medians.reserve(resamples);
  for (unsigned i = 0; i < resamples; ++i) {
    std::vector<double> drawn;
    drawn.reserve(samples.size());
    while (drawn.size() < samples.size()) drawn.push_back(samples[random() % samples.size()]);
    medians.push_back(spread_of(std::move(drawn)).median);
  }
  return percentile(std::move(medians), 0.95);
}

}  // namespace dunlin::bench

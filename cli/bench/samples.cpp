// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/samples.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace dunlin::bench {

spread spread_of(std::vector<double> samples) {
  if (samples.empty()) return {};
  std::sort(samples.begin(), samples.end());
  const auto middle = samples.size() / 2;
  const auto median = samples.size() % 2 == 1 ? samples[middle] : (samples[middle - 1] + samples[middle]) / 2;
  return {median, samples.front(), samples.back()};
}

double percentile(std::vector<double> samples, double share) {
  if (samples.empty()) return 0;
  std::sort(samples.begin(), samples.end());
  const auto rank = std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(samples.size()));
  return samples[static_cast<std::size_t>(std::max(rank, 1.0)) - 1];
}

double comparison::noise() const {
  std::vector<double> first;
  std::vector<double> second;
  for (std::size_t i = 0; i < ours.size(); ++i) (i % 2 == 0 ? first : second).push_back(ours[i]);
  const auto below = spread_of(second).median;
  return below == 0 ? 0 : spread_of(first).median / below;
}

}  // namespace dunlin::bench

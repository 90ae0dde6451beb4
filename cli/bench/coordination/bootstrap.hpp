// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace dunlin::bench {

/// Returns what the median of `samples` is below with a confidence of 95 %: the 95th percentile of the medians of
/// resamples that `seed` decides. 0 if there are no samples. Source: Efron, Bootstrap methods, Ann. Statist. 7, 1979.
[[nodiscard]] double upper95_of_median(const std::vector<double>& samples, std::uint64_t seed = 1);

}  // namespace dunlin::bench

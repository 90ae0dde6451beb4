// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/retrieval/embedding.hpp"

namespace dunlin::flight::retrieval {

/// Embeddings grouped around centres.
struct clustering {
  std::vector<float> centres;             ///< Shape: [clusters, dimensions], row-major
  std::vector<std::uint32_t> assignment;  ///< per embedding, the index of its nearest centre
  std::vector<float> radii;               ///< per cluster, the distance of its farthest point from the centre
  double inertia = 0;                     ///< sum of squared distances to the centres
  std::uint32_t rounds = 0;

  std::size_t clusters() const noexcept { return centres.size() / dimensions; }
  std::span<const float> centre(std::size_t index) const noexcept {
    return std::span{centres}.subspan(index * dimensions, dimensions);
  }
  static auto fields(auto& c) { return std::tie(c.centres, c.assignment, c.radii, c.inertia, c.rounds); }
};

/// Groups `points` into `clusters` by k-means from k-means++ starting centres, until no point changes its
/// cluster or after `most_rounds`. Errors: invalid_argument (no clusters, or more than points).
/// Source: Lloyd, "Least squares quantization in PCM"; Arthur, Vassilvitskii, "k-means++", section 2.
/// Thread: any.
result<clustering> cluster(const embeddings& points, std::uint32_t clusters, std::uint64_t seed,
                           std::uint32_t most_rounds = 50);

}  // namespace dunlin::flight::retrieval

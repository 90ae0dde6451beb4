// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "examples/flight/retrieval/embedding.hpp"
#include "examples/flight/seeded.hpp"
#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {

/// Returns a random vector of length 1 that lies near the axis `near`, the nearer the smaller `spread` is.
inline std::vector<float> random_point(seeded& random, std::size_t near, double spread) {
  std::vector<float> out(dimensions);
  for (float& value : out) value = static_cast<float>(random.between(-spread, spread));
  out[near] += 1;
  simd::normalise(out);
  return out;
}

/// Returns `count` points around each of `groups` axes, one group after the other.
inline embeddings point_cloud(std::uint64_t seed, std::size_t groups, std::size_t count, double spread) {
  seeded random{seed};
  embeddings out;
  for (std::size_t group = 0; group < groups; ++group)
    for (std::size_t i = 0; i < count; ++i) {
      const auto point = random_point(random, group * 7, spread);
      out.values.insert(out.values.end(), point.begin(), point.end());
    }
  return out;
}

}  // namespace dunlin::flight::retrieval

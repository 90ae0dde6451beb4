// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/kmeans.hpp"

#include <algorithm>
#include <vector>

#include "gpu/kernels/simd/blas.hpp"
#include "gpu/kernels/simd/reductions.hpp"

namespace dunlin::simd {

namespace {

constexpr std::uint64_t enough = 1ULL << 18;
/// Points whose products with all centroids are made at once, so that they stay in a near cache.
constexpr std::uint64_t block_points = 256;

/// What one member found of its points.
struct part_means {
  std::vector<double> sums;
  std::vector<std::uint64_t> counts;
  double distance = 0;
};

std::vector<float> squared_norms(const kmeans_call& c) {
  std::vector<float> out(c.clusters);
  for (std::uint32_t i = 0; i < c.clusters; ++i) {
    const auto* centroid = c.centroids + i * c.dimensions;
    out[i] = static_cast<float>(dot(centroid, centroid, c.dimensions));
  }
  return out;
}

/// Joins each point of a block to its centroid. `products`: the block's with each centroid.
void join(const kmeans_call& c, const std::vector<float>& norms, const float* products, std::uint64_t from,
          std::uint64_t to, part_means& out) {
  for (auto point = from; point < to; ++point) {
    const auto* row = products + (point - from) * c.clusters;
    std::uint32_t nearest = 0;
    auto least = norms[0] - 2 * row[0];
    for (std::uint32_t i = 1; i < c.clusters; ++i) {
      const auto apart = norms[i] - 2 * row[i];
      if (!(apart < least)) continue;
      least = apart;
      nearest = i;
    }
    const auto* x = c.points + point * c.dimensions;
    c.nearest[point] = nearest;
    out.distance += squared_distance(x, c.centroids + nearest * c.dimensions, c.dimensions);
    out.counts[nearest] += 1;
    auto* sums = out.sums.data() + nearest * c.dimensions;
    for (std::uint64_t i = 0; i < c.dimensions; ++i) sums[i] += static_cast<double>(x[i]);
  }
}

part_means means_of(const blas_functions& blas, const kmeans_call& c, const std::vector<float>& norms,
                    std::uint64_t from, std::uint64_t to) {
  part_means out;
  out.sums.resize(c.clusters * c.dimensions);
  out.counts.resize(c.clusters);
  std::vector<float> products(block_points * c.clusters);
  for (auto begin = from; begin < to; begin += block_points) {
    const auto end = std::min(to, begin + block_points);
    gemm_call product;
    product.m = end - begin;
    product.n = c.clusters;
    product.k = c.dimensions;
    product.a = c.points + begin * c.dimensions;
    product.b = c.centroids;
    product.b_transposed = true;
    product.c = products.data();
    gemm_here(blas, product);
    join(c, norms, products.data(), begin, end, out);
  }
  return out;
}

void move_centroids(const kmeans_call& c, const std::vector<part_means>& parts) {
  for (std::uint32_t i = 0; i < c.clusters; ++i) {
    std::uint64_t count = 0;
    for (const auto& part : parts) count += part.counts.empty() ? 0 : part.counts[i];
    if (count == 0) continue;
    for (std::uint64_t k = 0; k < c.dimensions; ++k) {
      double sum = 0;
      for (const auto& part : parts) sum += part.sums.empty() ? 0 : part.sums[i * c.dimensions + k];
      c.centroids[i * c.dimensions + k] = static_cast<float>(sum / static_cast<double>(count));
    }
  }
}

}  // namespace

void kmeans(core_team& team, const blas_functions& blas, const kmeans_call& call) {
  const auto norms = squared_norms(call);
  std::vector<part_means> parts(team.size());
  team.run(call.count * call.clusters * call.dimensions, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(call.count, 1);
    if (from < to) parts[part.index] = means_of(blas, call, norms, from, to);
  });
  double distance = 0;
  for (const auto& part : parts) distance += part.distance;
  *call.distance = static_cast<float>(distance);
  move_centroids(call, parts);
}

}  // namespace dunlin::simd

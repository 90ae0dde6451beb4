// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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
  std::vector<float> products;  ///< of a block of points with each centroid
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

/// The products are rounded in proportion to their size, and far from the origin that is more than what centroids
/// differ by: those that may be the nearest are measured.
std::uint32_t nearest_of(const kmeans_call& c, const std::vector<float>& norms, const float* row, const float* x) {
  auto least = norms[0] - 2 * row[0];
  float largest = 0;
  for (std::uint32_t i = 0; i < c.clusters; ++i) {
    least = std::min(least, norms[i] - 2 * row[i]);
    largest = std::max({largest, norms[i], std::abs(2 * row[i])});
  }
  const auto doubt = 4e-7F * (8 + std::sqrt(static_cast<float>(c.dimensions))) * largest;
  std::uint32_t out = 0;
  auto nearest = std::numeric_limits<double>::infinity();
  for (std::uint32_t i = 0; i < c.clusters; ++i) {
    if (norms[i] - 2 * row[i] > least + doubt) continue;
    const auto distance = squared_distance(x, c.centroids + i * c.dimensions, c.dimensions);
    if (!(distance < nearest)) continue;
    nearest = distance;
    out = i;
  }
  return out;
}

/// Joins each point of a block to its centroid. `products`: the block's with each centroid.
void join(const kmeans_call& c, const std::vector<float>& norms, const float* products, std::uint64_t from,
          std::uint64_t to, part_means& out) {
  for (auto point = from; point < to; ++point) {
    const auto* row = products + (point - from) * c.clusters;
    const auto* x = c.points + point * c.dimensions;
    const auto nearest = nearest_of(c, norms, row, x);
    c.nearest[point] = nearest;
    out.distance += squared_distance(x, c.centroids + nearest * c.dimensions, c.dimensions);
    out.counts[nearest] += 1;
    auto* sums = out.sums.data() + nearest * c.dimensions;
    for (std::uint64_t i = 0; i < c.dimensions; ++i) sums[i] += static_cast<double>(x[i]);
  }
}

/// Made before the team works, which must not throw.
part_means part_for(const kmeans_call& c, std::uint64_t points) {
  part_means out;
  out.products.resize(std::min(block_points, points) * c.clusters);
  out.sums.resize(c.clusters * c.dimensions);
  out.counts.resize(c.clusters);
  return out;
}

void find_means(const blas_functions& blas, const kmeans_call& c, const std::vector<float>& norms, std::uint64_t from,
                std::uint64_t to, part_means& out) {
  for (auto begin = from; begin < to; begin += block_points) {
    const auto end = std::min(to, begin + block_points);
    gemm_call product;
    product.m = end - begin;
    product.n = c.clusters;
    product.k = c.dimensions;
    product.a = c.points + begin * c.dimensions;
    product.b = c.centroids;
    product.b_transposed = true;
    product.c = out.products.data();
    gemm_here(blas, product);
    join(c, norms, out.products.data(), begin, end, out);
  }
}

void move_centroids(const kmeans_call& c, const std::vector<part_means>& parts) {
  for (std::uint32_t i = 0; i < c.clusters; ++i) {
    std::uint64_t count = 0;
    for (const auto& part : parts) count += part.counts[i];
    if (count == 0) continue;
    for (std::uint64_t k = 0; k < c.dimensions; ++k) {
      double sum = 0;
      for (const auto& part : parts) sum += part.sums[i * c.dimensions + k];
      c.centroids[i * c.dimensions + k] = static_cast<float>(sum / static_cast<double>(count));
    }
  }
}

}  // namespace

void kmeans(core_team& team, const blas_functions& blas, const kmeans_call& call) {
  const auto norms = squared_norms(call);
  std::vector<part_means> parts;
  for (std::uint32_t i = 0; i < team.size(); ++i) parts.push_back(part_for(call, call.count));
  team.run(call.count * call.clusters * call.dimensions, enough, [&](team_part part) {
    const auto [from, to] = part.share_of(call.count, 1);
    if (from < to) find_means(blas, call, norms, from, to, parts[part.index]);
  });
  double distance = 0;
  for (const auto& part : parts) distance += part.distance;
  *call.distance = static_cast<float>(distance);
  move_centroids(call, parts);
}

}  // namespace dunlin::simd

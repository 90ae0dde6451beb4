// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/clustering.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

#include "examples/flight/seeded.hpp"
#include "examples/flight/simd/matrix.hpp"
#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {
namespace {

/// Returns an index drawn with probability proportional to its weight.
std::size_t draw(const std::vector<double>& weights, seeded& random) {
  double left = random.uniform() * std::accumulate(weights.begin(), weights.end(), 0.0);
  for (std::size_t i = 0; i + 1 < weights.size(); ++i)
    if ((left -= weights[i]) < 0) return i;
  return weights.size() - 1;
}

/// One run of k-means.
class k_means {
 public:
  k_means(const embeddings& points, std::uint32_t clusters, std::uint64_t seed)
      : points_{points}, random_{seed}, products_(points.size() * clusters) {
    choose_centres(clusters);
    out_.assignment.assign(points.size(), clusters);  // none
  }

  clustering run(std::uint32_t most_rounds) {
    while (assign() && out_.rounds < most_rounds) {
      move_centres();
      ++out_.rounds;
    }
    measure_radii();
    return std::move(out_);
  }

 private:
  void add_centre(std::size_t point) {
    const auto row = points_.row(point);
    out_.centres.insert(out_.centres.end(), row.begin(), row.end());
  }

  /// Each further centre is a point, the likelier the farther it lies from those chosen.
  void choose_centres(std::uint32_t clusters) {
    add_centre(random_.below(points_.size()));
    std::vector<double> distances(points_.size(), 1e30);
    while (out_.clusters() < clusters) {
      const auto last = out_.centre(out_.clusters() - 1);
      for (std::size_t i = 0; i < distances.size(); ++i)
        distances[i] = std::min<double>(distances[i], simd::squared_distance(points_.row(i), last));
      add_centre(draw(distances, random_));
    }
  }

  /// Assigns each point to its nearest centre; returns whether any changed. Compares |c|² - 2 p·c, which
  /// differs from the squared distance by |p|² only, so that one matrix product serves all points.
  bool assign() {
    const std::size_t clusters = out_.clusters();
    simd::gemm(simd::factor::as_stored, simd::factor::transposed, {points_.size(), clusters, dimensions},
               points_.values, out_.centres, 0.0f, products_);
    std::vector<float> lengths(clusters);
    for (std::size_t c = 0; c < clusters; ++c) lengths[c] = simd::dot(out_.centre(c), out_.centre(c));
    bool changed = false;
    out_.inertia = 0;
    for (std::size_t i = 0; i < points_.size(); ++i) {
      std::uint32_t nearest = 0;
      const auto distance = [&](std::size_t c) { return lengths[c] - 2 * products_[i * clusters + c]; };
      for (std::uint32_t c = 1; c < clusters; ++c)
        if (distance(c) < distance(nearest)) nearest = c;
      changed |= nearest != out_.assignment[i];
      out_.assignment[i] = nearest;
      out_.inertia += simd::squared_distance(points_.row(i), out_.centre(nearest));
    }
    return changed;
  }

  /// Moves each centre to the mean of its points; one without points stays.
  void move_centres() {
    const std::size_t clusters = out_.clusters();
    std::vector<float> sums(out_.centres.size());
    std::vector<std::size_t> sizes(clusters);
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const std::size_t c = out_.assignment[i];
      simd::axpy(1.0f, points_.row(i), std::span{sums}.subspan(c * dimensions, dimensions));
      ++sizes[c];
    }
    for (std::size_t c = 0; c < clusters; ++c) {
      if (sizes[c] == 0) continue;
      const auto mean = std::span{sums}.subspan(c * dimensions, dimensions);
      simd::scale(1.0f / static_cast<float>(sizes[c]), mean);
      std::ranges::copy(mean, out_.centres.begin() + static_cast<std::ptrdiff_t>(c * dimensions));
    }
  }

  void measure_radii() {
    out_.radii.assign(out_.clusters(), 0);
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const auto c = out_.assignment[i];
      out_.radii[c] = std::max(out_.radii[c], std::sqrt(simd::squared_distance(points_.row(i), out_.centre(c))));
    }
  }

  const embeddings& points_;
  seeded random_;
  std::vector<float> products_;  ///< Shape: [points, clusters]
  clustering out_;
};

}  // namespace

result<clustering> cluster(const embeddings& points, std::uint32_t clusters, std::uint64_t seed,
                           std::uint32_t most_rounds) {
  if (clusters == 0 || clusters > points.size())
    return fail(errc::invalid_argument,
                std::to_string(clusters) + " clusters of " + std::to_string(points.size()) + " points",
                "at least one, no more than points");
  return k_means{points, clusters, seed}.run(most_rounds);
}

}  // namespace dunlin::flight::retrieval

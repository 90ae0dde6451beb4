// SPDX-License-Identifier: Apache-2.0
// What every backend finds and models: the largest, matrix products, clusters, quantum states, a step of Adam.
#include "tests/gpu/kernels/kernel_conformance.hpp"

#include <algorithm>

namespace dunlin::testing {
namespace {

TEST_P(KernelConformance, TopK) {
  for (const auto columns : {1U, 10U, 100U, 5'000U}) {
    for (const auto k : {1U, 3U, 10U, 64U}) {
      if (k > columns) continue;
      auto scores = draw(9ULL * columns);
      for (auto& one : scores) one = std::round(one * 200) / 200;  // many alike
      floats values(9ULL * k);
      indices places(9ULL * k);
      run(top_k_call{9, columns, k, scores.data(), values.data(), places.data()});
      for (std::uint64_t row = 0; row < 9; ++row) {
        const auto should = reference::top_k(scores.data() + row * columns, columns, k);
        for (std::uint32_t i = 0; i < k; ++i) {
          ASSERT_EQ(places[row * k + i], should[i]) << columns << " " << k << " " << row << " " << i;
          ASSERT_EQ(values[row * k + i], scores[row * columns + should[i]]);
        }
      }
    }
  }
}

TEST_P(KernelConformance, Gemm) {
  struct sizes {
    std::uint64_t m, n, k;
  };
  for (const auto& [m, n, k] :
       {sizes{1, 1, 1}, {3, 5, 7}, {64, 64, 64}, {130, 33, 70}, {20, 300, 90}, {200, 129, 150}}) {
    for (const int transposed : {0, 1, 2, 3}) {
      const auto a = draw(m * k);
      const auto b = draw(k * n);
      auto c = draw(m * n);
      const gemm_call call{m,
                           n,
                           k,
                           0.5F,
                           transposed == 0 ? 0.0F : 2.0F,
                           a.data(),
                           b.data(),
                           c.data(),
                           (transposed & 1) != 0,
                           (transposed & 2) != 0};
      const auto should = reference::gemm(call);
      run(call);
      expect_near(c, should);
    }
  }
}

TEST_P(KernelConformance, GemmIntoMemoryThatHoldsNoNumbers) {
  const auto a = draw(6);
  const auto b = draw(6);
  floats c(4, std::nanf(""));
  const gemm_call call{2, 2, 3, 1, 0, a.data(), b.data(), c.data(), false, false};

  run(call);

  expect_near(c, reference::gemm(call));
}

TEST_P(KernelConformance, KMeans) {
  struct sizes {
    std::uint64_t count, dimensions;
    std::uint32_t clusters;
  };
  for (const auto& size : {sizes{1, 1, 1}, {50, 3, 4}, {1'000, 17, 9}, {3'000, 64, 20}}) {
    const auto count = size.count;
    const auto dimensions = size.dimensions;
    const auto clusters = size.clusters;
    const auto points = draw(count * dimensions);
    auto centroids = draw(clusters * dimensions);
    const auto before = centroids;
    indices nearest(count);
    floats distance(1);

    run(kmeans_call{count, dimensions, clusters, points.data(), centroids.data(), nearest.data(), distance.data()});

    double total = 0;
    std::vector<double> sums(centroids.size());
    std::vector<double> of(clusters);
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto* x = points.data() + i * dimensions;
      const auto to = [&](std::uint32_t which) {
        return reference::squared_distance(x, before.data() + which * dimensions, dimensions);
      };
      ASSERT_LT(nearest[i], clusters);
      for (std::uint32_t other = 0; other < clusters; ++other) ASSERT_LE(to(nearest[i]), to(other) + 1e-4);
      total += to(nearest[i]);
      of[nearest[i]] += 1;
      for (std::uint64_t k = 0; k < dimensions; ++k) sums[nearest[i] * dimensions + k] += static_cast<double>(x[k]);
    }
    EXPECT_NEAR(distance[0], total, 1e-5 * total + 1e-6);
    for (std::size_t i = 0; i < centroids.size(); ++i) {
      const auto points_of = of[i / dimensions];
      ASSERT_NEAR(centroids[i], points_of == 0 ? static_cast<double>(before[i]) : sums[i] / points_of, 1e-5);
    }
  }
}

/// There the products that tell which is nearest are rounded by more than what they differ by.
TEST_P(KernelConformance, KMeansFarFromTheOrigin) {
  auto points = draw(2'000, 10'000, 10'010);
  auto centroids = draw(8, 10'000, 10'010);
  const auto before = centroids;
  indices nearest(1'000);
  floats distance(1);

  run(kmeans_call{1'000, 2, 4, points.data(), centroids.data(), nearest.data(), distance.data()});

  for (std::uint64_t i = 0; i < 1'000; ++i) {
    const auto to = [&](std::uint32_t which) {
      return reference::squared_distance(points.data() + 2 * i, before.data() + 2 * which, 2);
    };
    for (std::uint32_t other = 0; other < 4; ++other) ASSERT_LE(to(nearest[i]), to(other) + 1e-3);
  }
}

TEST_P(KernelConformance, WhatIsNoNumberStaysNone) {
  const floats x(20, std::nanf(""));
  const floats bias(20, 1);
  floats out(20);
  for (const bool is_cut : {true, false}) {
    run(bias_relu_call{1, 20, x.data(), bias.data(), out.data(), is_cut});
    for (const auto one : out) EXPECT_TRUE(std::isnan(one)) << is_cut;
  }
}

TEST_P(KernelConformance, ColumnSumsOfManyRows) {
  const floats x(20'000'000, 1);
  floats out(1);

  run(column_sums_call{x.size(), 1, x.data(), out.data()});

  EXPECT_EQ(out[0], 20'000'000);
}

TEST_P(KernelConformance, AGateOnEveryQubitWithEveryControl) {
  for (const std::uint32_t qubits : {1U, 2U, 4U, 5U, 8U}) {
    for (std::uint32_t target = 0; target < qubits; ++target) {
      for (std::int32_t control = -1; control < static_cast<std::int32_t>(qubits); ++control) {
        if (control == static_cast<std::int32_t>(target)) continue;
        auto state = draw(2ULL << qubits);
        gate_call call{qubits, target, control, {}, state.data()};
        const auto matrix = draw(8);
        std::copy(matrix.begin(), matrix.end(), call.matrix);
        const auto should = reference::gate(call);
        run(call);
        expect_near(state, should);
      }
    }
  }
}

TEST_P(KernelConformance, AGateOnAStateThatIsSharedOut) {
  for (const std::uint32_t target : {0U, 2U, 7U, 15U, 16U}) {
    auto state = draw(2ULL << 17);
    gate_call call{17, target, 5, {0.6F, 0, 0, 0.8F, 0, 0.8F, 0.6F, 0}, state.data()};
    const auto should = reference::gate(call);
    run(call);
    expect_near(state, should);
  }
}

TEST_P(KernelConformance, Adam) {
  for (const auto count : counts) {
    const auto gradient = draw(count);
    auto weights = draw(count);
    auto mean = draw(count, -0.1F, 0.1F);
    auto variance = draw(count, 0, 0.1F);
    const adam_call call{count,          3,           0.01F,          0.9F, 0.999F, 1e-8F, gradient.data(),
                         weights.data(), mean.data(), variance.data()};
    const auto should = reference::adam(call);
    run(call);
    expect_near(weights, should, 3e-6);
  }
}

}  // namespace
}  // namespace dunlin::testing

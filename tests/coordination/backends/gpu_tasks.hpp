// SPDX-License-Identifier: Apache-2.0
// Tasks that may run on a GPU or on cores, and nodes for them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordination/backends/task_backends.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};
inline constexpr std::uint64_t GiB = 1ULL << 30U;

/// A node with four cores and GPUs of 8 GiB.
inline std::vector<node_device> node_with(std::size_t gpus, double bytes_per_second = 0) {
  std::vector<node_device> out{{"cpu", 4, 16 * GiB}};
  for (std::size_t i = 0; i < gpus; ++i) out.push_back({"cuda", 132, 8 * GiB, bytes_per_second});
  return out;
}

/// One GPU or four cores.
inline task_shape either() {
  task_shape shape;
  shape.kind = "train";
  shape.needs = {0, 0, 1'000, GiB};
  shape.variants = {{4'000, 0, 0, 0}};
  return shape;
}

inline task_shape gpu_only() {
  auto shape = either();
  shape.variants.clear();
  return shape;
}

inline task_backend pick(task_backends& backends, const backend_request& asked, time_point now = t0) {
  auto chosen = backends.choose(asked, now);
  EXPECT_TRUE(chosen) << to_string(chosen.error());
  return chosen ? *chosen : task_backend{};
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu/device_work.hpp"
#include "gpu/kernels/half_numbers.hpp"

namespace dunlin::bench {

/// Fills memory of a GPU, in a step of its holder's, with numbers between -1 and 1, in single precision or in bf16. Not
/// all alike: a GPU that computes with zeros draws less power, and so is faster than it is. Errors: those of the GPU.
template <class Number>
result<void> fill(device_work& work, Number* place, std::uint64_t count) {
  std::vector<Number> some(std::min<std::uint64_t>(count, 1 << 20));
  std::minstd_rand random{5};
  for (auto& one : some) {
    const float drawn = static_cast<float>(random() % 2'000) / 1'000 - 1;
    if constexpr (sizeof(Number) == sizeof(std::uint16_t))
      one = to_bf16(drawn);
    else
      one = drawn;
  }
  for (std::uint64_t at = 0; at < count; at += some.size()) {
    const auto now = std::min<std::uint64_t>(some.size(), count - at);
    if (auto put = work.copy(place + at, some.data(), now * sizeof(Number)); !put) return put;
  }
  return work.finish();
}

}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/top_k.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gpu/kernels/simd/top_k.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using floats = hn::ScalableTag<float>;

/// The best so far, the worst of them on top: a heap.
class best_so_far {
 public:
  best_so_far(std::uint32_t k, float* values, std::uint32_t* indices) : k_(k), values_(values), indices_(indices) {}

  [[nodiscard]] bool is_full() const { return count_ == k_; }
  [[nodiscard]] float worst() const { return values_[0]; }

  void add(float value, std::uint32_t index) {
    if (!is_full()) {
      put(count_++, value, index);
      for (auto at = count_ - 1; at > 0 && is_worse(at, (at - 1) / 2); at = (at - 1) / 2) exchange(at, (at - 1) / 2);
      return;
    }
    if (!(value > worst())) return;
    put(0, value, index);
    sink(0, count_);
  }

  /// Leaves the largest first, of equal ones the first.
  void sort() {
    for (auto left = count_; left > 1; --left) {
      exchange(0, left - 1);
      sink(0, left - 1);
    }
  }

 private:
  void put(std::uint32_t at, float value, std::uint32_t index) {
    values_[at] = value;
    indices_[at] = index;
  }
  [[nodiscard]] bool is_worse(std::uint32_t a, std::uint32_t b) const {
    return values_[a] != values_[b] ? values_[a] < values_[b] : indices_[a] > indices_[b];
  }
  void exchange(std::uint32_t a, std::uint32_t b) {
    std::swap(values_[a], values_[b]);
    std::swap(indices_[a], indices_[b]);
  }
  void sink(std::uint32_t at, std::uint32_t count) {
    for (auto child = 2 * at + 1; child < count; child = 2 * at + 1) {
      if (child + 1 < count && is_worse(child + 1, child)) ++child;
      if (!is_worse(child, at)) return;
      exchange(at, child);
      at = child;
    }
  }

  std::uint32_t k_;
  std::uint32_t count_ = 0;
  float* values_;
  std::uint32_t* indices_;
};

/// Adds those lanes of a vector that are better than the worst.
void take_better(const float* scores, std::size_t at, best_so_far& best) {
  const floats d;
  std::array<std::uint8_t, 8> bits{};
  hn::StoreMaskBits(d, hn::Gt(hn::LoadU(d, scores + at), hn::Set(d, best.worst())), bits.data());
  std::uint64_t lanes = 0;
  std::memcpy(&lanes, bits.data(), sizeof lanes);
  for (; lanes != 0; lanes &= lanes - 1) {
    const auto lane = at + static_cast<std::size_t>(std::countr_zero(lanes));
    best.add(scores[lane], static_cast<std::uint32_t>(lane));
  }
}

/// Most vectors hold nothing better than the worst of the best: one comparison passes four of them over.
void top_k_part(const float* scores, std::size_t count, std::uint32_t k, float* values, std::uint32_t* indices) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  best_so_far best{k, values, indices};
  std::size_t at = 0;
  for (; at < count && !best.is_full(); ++at) best.add(scores[at], static_cast<std::uint32_t>(at));
  for (; at + 4 * lanes <= count; at += 4 * lanes) {
    const auto highest = hn::Max(hn::Max(hn::LoadU(d, scores + at), hn::LoadU(d, scores + at + lanes)),
                                 hn::Max(hn::LoadU(d, scores + at + 2 * lanes), hn::LoadU(d, scores + at + 3 * lanes)));
    if (hn::AllFalse(d, hn::Gt(highest, hn::Set(d, best.worst())))) continue;
    for (std::size_t i = 0; i < 4; ++i) take_better(scores, at + i * lanes, best);
  }
  for (; at < count; ++at) best.add(scores[at], static_cast<std::uint32_t>(at));
  best.sort();
}

}  // namespace dunlin::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::simd {

HWY_EXPORT(top_k_part);

void top_k(const float* scores, std::size_t count, std::uint32_t k, float* values, std::uint32_t* indices) {
  HWY_DYNAMIC_DISPATCH(top_k_part)(scores, count, k, values, indices);
}

}  // namespace dunlin::simd
#endif

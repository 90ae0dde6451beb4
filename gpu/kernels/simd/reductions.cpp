// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/reductions.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gpu/kernels/simd/reductions.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

// Once for each instruction set, so behind the first of the two above.
#include <hwy/contrib/math/math-inl.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using floats = hn::ScalableTag<float>;

/// Vectors whose sum is still exact enough in single precision.
constexpr std::size_t block_vectors = 256;

/// Returns the sum of what `term(at, tag)` gives for all of [0, count): four sums beside each other, because one waits
/// for the addition before.
template <class Term>
double sum_of(std::size_t count, Term&& term) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  const auto block = block_vectors * lanes;
  double out = 0;
  for (std::size_t from = 0; from < count; from += block) {
    const auto to = std::min(count, from + block);
    auto a = hn::Zero(d);
    auto b = hn::Zero(d);
    auto c = hn::Zero(d);
    auto e = hn::Zero(d);
    auto at = from;
    for (; at + 4 * lanes <= to; at += 4 * lanes) {
      a = hn::Add(a, term(at, d));
      b = hn::Add(b, term(at + lanes, d));
      c = hn::Add(c, term(at + 2 * lanes, d));
      e = hn::Add(e, term(at + 3 * lanes, d));
    }
    for (; at + lanes <= to; at += lanes) a = hn::Add(a, term(at, d));
    const hn::CappedTag<float, 1> one;
    float rest = 0;
    for (; at < to; ++at) rest += hn::GetLane(term(at, one));
    const auto all = hn::Add(hn::Add(a, b), hn::Add(c, e));
    out += static_cast<double>(hn::GetLane(hn::SumOfLanes(d, all))) + static_cast<double>(rest);
  }
  return out;
}

double sum_part(const float* x, std::size_t count) {
  return sum_of(count, [&](std::size_t at, auto d) HWY_ATTR { return hn::LoadU(d, x + at); });
}

double dot_part(const float* x, const float* y, std::size_t count) {
  return sum_of(count,
                [&](std::size_t at, auto d) HWY_ATTR { return hn::Mul(hn::LoadU(d, x + at), hn::LoadU(d, y + at)); });
}

double squared_distance_part(const float* x, const float* y, std::size_t count) {
  return sum_of(count, [&](std::size_t at, auto d) HWY_ATTR {
    const auto apart = hn::Sub(hn::LoadU(d, x + at), hn::LoadU(d, y + at));
    return hn::Mul(apart, apart);
  });
}

float maximum_part(const float* x, std::size_t count) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  auto a = hn::Set(d, x[0]);
  auto b = a;
  std::size_t at = 0;
  for (; at + 2 * lanes <= count; at += 2 * lanes) {
    a = hn::Max(a, hn::LoadU(d, x + at));
    b = hn::Max(b, hn::LoadU(d, x + at + lanes));
  }
  auto out = hn::GetLane(hn::MaxOfLanes(d, hn::Max(a, b)));
  for (; at < count; ++at) out = std::max(out, x[at]);
  return out;
}

/// Row by row, so that memory is read in its order, in strips that stay in the nearest cache.
void column_sums_part(const column_sums_call& c, std::size_t from, std::size_t to) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  constexpr std::size_t strip = 2'048;
  for (auto begin = from; begin < to; begin += strip) {
    const auto end = std::min(to, begin + strip);
    std::fill(c.out + begin, c.out + end, 0.0F);
    for (std::uint64_t row = 0; row < c.rows; ++row) {
      const auto* x = c.x + row * c.columns;
      auto at = begin;
      for (; at + lanes <= end; at += lanes)
        hn::StoreU(hn::Add(hn::LoadU(d, c.out + at), hn::LoadU(d, x + at)), d, c.out + at);
      for (; at < end; ++at) c.out[at] += x[at];
    }
  }
}

/// Writes exp(x - highest) and returns the sum.
double exp_row(const float* x, float* out, std::size_t count, float highest) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  const auto shift = hn::Set(d, highest);
  auto total = hn::Zero(d);
  std::size_t at = 0;
  for (; at + lanes <= count; at += lanes) {
    const auto e = hn::Exp(d, hn::Sub(hn::LoadU(d, x + at), shift));
    hn::StoreU(e, d, out + at);
    total = hn::Add(total, e);
  }
  double rest = 0;
  for (; at < count; ++at) {
    out[at] = std::exp(x[at] - highest);
    rest += static_cast<double>(out[at]);
  }
  return rest + static_cast<double>(hn::GetLane(hn::SumOfLanes(d, total)));
}

void softmax_part(const softmax_call& c, std::size_t from, std::size_t to) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  for (auto row = from; row < to; ++row) {
    const auto* x = c.x + row * c.columns;
    auto* out = c.out + row * c.columns;
    const auto total = exp_row(x, out, c.columns, maximum_part(x, c.columns));
    const auto share = static_cast<float>(1 / total);
    const auto shares = hn::Set(d, share);
    std::size_t at = 0;
    for (; at + lanes <= c.columns; at += lanes) hn::StoreU(hn::Mul(hn::LoadU(d, out + at), shares), d, out + at);
    for (; at < c.columns; ++at) out[at] *= share;
  }
}

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

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace dunlin::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::simd {

HWY_EXPORT(sum_part);
HWY_EXPORT(dot_part);
HWY_EXPORT(squared_distance_part);
HWY_EXPORT(maximum_part);
HWY_EXPORT(column_sums_part);
HWY_EXPORT(softmax_part);
HWY_EXPORT(top_k_part);
HWY_EXPORT(target_name);

double sum(const float* x, std::size_t count) { return HWY_DYNAMIC_DISPATCH(sum_part)(x, count); }

double dot(const float* x, const float* y, std::size_t count) { return HWY_DYNAMIC_DISPATCH(dot_part)(x, y, count); }

double squared_distance(const float* x, const float* y, std::size_t count) {
  return HWY_DYNAMIC_DISPATCH(squared_distance_part)(x, y, count);
}

float maximum(const float* x, std::size_t count) { return HWY_DYNAMIC_DISPATCH(maximum_part)(x, count); }

void column_sums(const column_sums_call& call, std::size_t from_column, std::size_t to_column) {
  HWY_DYNAMIC_DISPATCH(column_sums_part)(call, from_column, to_column);
}

void softmax(const softmax_call& call, std::size_t from_row, std::size_t to_row) {
  HWY_DYNAMIC_DISPATCH(softmax_part)(call, from_row, to_row);
}

void top_k(const float* scores, std::size_t count, std::uint32_t k, float* values, std::uint32_t* indices) {
  HWY_DYNAMIC_DISPATCH(top_k_part)(scores, count, k, values, indices);
}

const char* target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace dunlin::simd
#endif

// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/reductions.hpp"

#include <algorithm>
#include <array>
#include <cmath>

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

/// Row by row, so that memory is read in its order, in strips that stay in the nearest cache; after some rows what was
/// added up goes into sums of double precision.
void column_sums_part(const column_sums_call& c, std::size_t from, std::size_t to) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  constexpr std::size_t strip = 1'024;
  constexpr std::uint64_t rows_at_once = 256;
  std::array<double, strip> sums;
  for (auto begin = from; begin < to; begin += strip) {
    const auto end = std::min(to, begin + strip);
    sums.fill(0);
    for (std::uint64_t first = 0; first < c.rows; first += rows_at_once) {
      const auto past = std::min(c.rows, first + rows_at_once);
      std::fill(c.out + begin, c.out + end, 0.0F);
      for (auto row = first; row < past; ++row) {
        const auto* x = c.x + row * c.columns;
        auto at = begin;
        for (; at + lanes <= end; at += lanes)
          hn::StoreU(hn::Add(hn::LoadU(d, c.out + at), hn::LoadU(d, x + at)), d, c.out + at);
        for (; at < end; ++at) c.out[at] += x[at];
      }
      for (auto at = begin; at < end; ++at) sums[at - begin] += static_cast<double>(c.out[at]);
    }
    for (auto at = begin; at < end; ++at) c.out[at] = static_cast<float>(sums[at - begin]);
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

const char* target() { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace dunlin::simd
#endif

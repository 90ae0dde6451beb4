// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/simd/vector.hpp"

#include <cmath>
#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "examples/flight/simd/vector.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

#include "examples/flight/simd/update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Sums `term(x lanes, y lanes)` over the whole arrays, with four accumulators to hide the latency of
/// the multiply-add. The last partial vector is loaded as zeros beyond the end, so that terms of zeros
/// must be zero.
template <class Term>
float sum_of(const float* HWY_RESTRICT x, const float* HWY_RESTRICT y, std::size_t n, Term term) {
  const hn::ScalableTag<float> d;
  const std::size_t lanes = hn::Lanes(d);
  auto s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  const auto at = [&](std::size_t i, auto sum) { return term(hn::LoadU(d, x + i), hn::LoadU(d, y + i), sum); };
  std::size_t i = 0;
  for (; i + 4 * lanes <= n; i += 4 * lanes) {
    s0 = at(i, s0);
    s1 = at(i + lanes, s1);
    s2 = at(i + 2 * lanes, s2);
    s3 = at(i + 3 * lanes, s3);
  }
  for (; i + lanes <= n; i += lanes) s0 = at(i, s0);
  if (i < n) {
    const auto rest = hn::FirstN(d, n - i);
    s1 = term(hn::MaskedLoad(rest, d, x + i), hn::MaskedLoad(rest, d, y + i), s1);
  }
  return hn::GetLane(hn::SumOfLanes(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3))));
}

float dot_lanes(const float* x, const float* y, std::size_t n) {
  return sum_of(x, y, n, [](auto a, auto b, auto sum) { return hn::MulAdd(a, b, sum); });
}

float distance_lanes(const float* x, const float* y, std::size_t n) {
  return sum_of(x, y, n, [](auto a, auto b, auto sum) {
    const auto difference = hn::Sub(a, b);
    return hn::MulAdd(difference, difference, sum);
  });
}

void axpy_lanes(float factor, const float* x, float* y, std::size_t n) {
  const auto f = hn::Set(hn::ScalableTag<float>{}, factor);
  update_each(x, y, n, [f](auto a, auto b) { return hn::MulAdd(f, a, b); });
}

void scale_lanes(float factor, float* x, std::size_t n) {
  const auto f = hn::Set(hn::ScalableTag<float>{}, factor);
  update_each(x, x, n, [f](auto a, auto) { return hn::Mul(f, a); });
}

void multiply_lanes(const float* x, float* y, std::size_t n) {
  update_each(x, y, n, [](auto a, auto b) { return hn::Mul(a, b); });
}

const char* target_name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace dunlin::flight::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::flight::simd {

HWY_EXPORT(dot_lanes);
HWY_EXPORT(distance_lanes);
HWY_EXPORT(axpy_lanes);
HWY_EXPORT(scale_lanes);
HWY_EXPORT(multiply_lanes);
HWY_EXPORT(target_name);

float dot(std::span<const float> x, std::span<const float> y) noexcept {
  return HWY_DYNAMIC_DISPATCH(dot_lanes)(x.data(), y.data(), x.size());
}

float squared_distance(std::span<const float> x, std::span<const float> y) noexcept {
  return HWY_DYNAMIC_DISPATCH(distance_lanes)(x.data(), y.data(), x.size());
}

void axpy(float factor, std::span<const float> x, std::span<float> y) noexcept {
  HWY_DYNAMIC_DISPATCH(axpy_lanes)(factor, x.data(), y.data(), x.size());
}

void scale(float factor, std::span<float> x) noexcept { HWY_DYNAMIC_DISPATCH(scale_lanes)(factor, x.data(), x.size()); }

void multiply(std::span<const float> x, std::span<float> y) noexcept {
  HWY_DYNAMIC_DISPATCH(multiply_lanes)(x.data(), y.data(), x.size());
}

void normalise(std::span<float> x) noexcept {
  const float length = std::sqrt(dot(x, x));
  if (length > 0) scale(1.0f / length, x);
}

const char* instruction_set() noexcept { return HWY_DYNAMIC_DISPATCH(target_name)(); }

}  // namespace dunlin::flight::simd
#endif

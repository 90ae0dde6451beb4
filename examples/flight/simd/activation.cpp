// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/simd/activation.hpp"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "examples/flight/simd/activation.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/contrib/math/math-inl.h>
#include <hwy/highway.h>

#include "examples/flight/simd/update-inl.hpp"

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

void relu_lanes(float* x, std::size_t n) {
  const auto zero = hn::Zero(hn::ScalableTag<float>{});
  update_each(x, x, n, [zero](auto v, auto) { return hn::Max(v, zero); });
}

void relu_backward_lanes(const float* activation, float* gradient, std::size_t n) {
  const auto zero = hn::Zero(hn::ScalableTag<float>{});
  update_each(activation, gradient, n, [zero](auto a, auto g) { return hn::IfThenElseZero(hn::Gt(a, zero), g); });
}

void exponential_lanes(float* x, std::size_t n) {
  update_each(x, x, n, [](auto v, auto) { return hn::Exp(hn::ScalableTag<float>{}, v); });
}

}  // namespace dunlin::flight::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::flight::simd {

HWY_EXPORT(relu_lanes);
HWY_EXPORT(relu_backward_lanes);
HWY_EXPORT(exponential_lanes);

void relu(std::span<float> x) noexcept { HWY_DYNAMIC_DISPATCH(relu_lanes)(x.data(), x.size()); }

void relu_backward(std::span<const float> activation, std::span<float> gradient) noexcept {
  const auto kernel = HWY_DYNAMIC_DISPATCH(relu_backward_lanes);
  kernel(activation.data(), gradient.data(), gradient.size());
}

void exponential(std::span<float> x) noexcept { HWY_DYNAMIC_DISPATCH(exponential_lanes)(x.data(), x.size()); }

}  // namespace dunlin::flight::simd
#endif

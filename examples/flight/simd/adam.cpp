// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/simd/adam.hpp"

#include <cstddef>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "examples/flight/simd/adam.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::simd::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// The four arrays of a step.
struct adam_arrays {
  const float* gradient;
  float* weights;
  float* first;
  float* second;
};

/// One vector of the step; `load` and `store` hide whether it is a whole or the last, partial one.
template <class Load, class Store>
void adam_vector(const adam_rates& r, const adam_arrays& at, std::size_t i, Load load, Store store) {
  const auto set = [](float v) { return hn::Set(hn::ScalableTag<float>{}, v); };
  const auto g = load(at.gradient + i);
  const auto w = load(at.weights + i);
  const auto first = hn::MulAdd(set(1 - r.beta1), g, hn::Mul(set(r.beta1), load(at.first + i)));
  const auto squares = hn::Mul(set(1 - r.beta2), hn::Mul(g, g));
  const auto second = hn::MulAdd(set(r.beta2), load(at.second + i), squares);
  const auto root = hn::Sqrt(hn::Mul(second, set(1 / r.correction2)));
  const auto step = hn::Div(hn::Mul(first, set(1 / r.correction1)), hn::Add(root, set(r.epsilon)));
  const auto descent = hn::MulAdd(set(r.decay), w, step);
  store(hn::NegMulAdd(set(r.rate), descent, w), at.weights + i);
  store(first, at.first + i);
  store(second, at.second + i);
}

void adam_lanes(const adam_rates& rates, const float* gradient, float* weights, float* first, float* second,
                std::size_t n) {
  const hn::ScalableTag<float> d;
  const adam_arrays at{gradient, weights, first, second};
  const auto load = [d](const float* p) { return hn::LoadU(d, p); };
  const auto store = [d](auto v, float* p) { hn::StoreU(v, d, p); };
  std::size_t i = 0;
  for (; i + hn::Lanes(d) <= n; i += hn::Lanes(d)) adam_vector(rates, at, i, load, store);
  if (i == n) return;
  const auto rest = hn::FirstN(d, n - i);
  const auto load_rest = [d, rest](const float* p) { return hn::MaskedLoad(rest, d, p); };
  const auto store_rest = [d, rest](auto v, float* p) { hn::BlendedStore(v, rest, d, p); };
  adam_vector(rates, at, i, load_rest, store_rest);
}

}  // namespace dunlin::flight::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::flight::simd {

HWY_EXPORT(adam_lanes);

void adam_step(const adam_rates& rates, std::span<const float> gradient, std::span<float> weights,
               std::span<float> first_moment, std::span<float> second_moment) noexcept {
  HWY_DYNAMIC_DISPATCH(adam_lanes)
  (rates, gradient.data(), weights.data(), first_moment.data(), second_moment.data(), weights.size());
}

}  // namespace dunlin::flight::simd
#endif

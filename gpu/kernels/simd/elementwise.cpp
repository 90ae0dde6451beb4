// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/simd/elementwise.hpp"

#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "gpu/kernels/simd/elementwise.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::simd::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;
using floats = hn::ScalableTag<float>;

/// Calls `with(at, tag)` for each vector of [from, to), then for each single number that is left.
template <class With>
void each_vector(std::size_t from, std::size_t to, With&& with) {
  const floats d;
  const auto lanes = hn::Lanes(d);
  auto at = from;
  for (; at + 2 * lanes <= to; at += 2 * lanes) {
    with(at, d);
    with(at + lanes, d);
  }
  for (; at + lanes <= to; at += lanes) with(at, d);
  for (; at < to; ++at) with(at, hn::CappedTag<float, 1>{});
}

void axpy_part(const axpy_call& c, std::size_t from, std::size_t to) {
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    const auto factor = hn::Set(d, c.factor);
    hn::StoreU(hn::MulAdd(factor, hn::LoadU(d, c.x + at), hn::LoadU(d, c.y + at)), d, c.y + at);
  });
}

void scale_part(const scale_call& c, std::size_t from, std::size_t to) {
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::Set(d, c.factor), hn::LoadU(d, c.x + at)), d, c.out + at);
  });
}

void add_part(const add_call& c, std::size_t from, std::size_t to) {
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    hn::StoreU(hn::Add(hn::LoadU(d, c.x + at), hn::LoadU(d, c.y + at)), d, c.out + at);
  });
}

void multiply_part(const multiply_call& c, std::size_t from, std::size_t to) {
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    hn::StoreU(hn::Mul(hn::LoadU(d, c.x + at), hn::LoadU(d, c.y + at)), d, c.out + at);
  });
}

/// What is no number stays none.
void bias_relu_part(const bias_relu_call& c, std::size_t from, std::size_t to) {
  for (auto row = from; row < to; ++row) {
    const auto* x = c.x + row * c.columns;
    auto* out = c.out + row * c.columns;
    each_vector(0, c.columns, [&](std::size_t at, auto d) HWY_ATTR {
      const auto sum = hn::Add(hn::LoadU(d, x + at), hn::LoadU(d, c.bias + at));
      const auto is_below = hn::Lt(sum, hn::Zero(d));
      hn::StoreU(c.is_cut ? hn::IfThenElse(is_below, hn::Zero(d), sum) : sum, d, out + at);
    });
  }
}

void relu_backward_part(const relu_backward_call& c, std::size_t from, std::size_t to) {
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    const auto passes = hn::Gt(hn::LoadU(d, c.output + at), hn::Zero(d));
    hn::StoreU(hn::IfThenElseZero(passes, hn::LoadU(d, c.gradient + at)), d, c.gradient + at);
  });
}

void adam_part(const adam_call& c, std::size_t from, std::size_t to) {
  const auto step = static_cast<double>(c.step);
  const auto rate = static_cast<float>(c.learning_rate / (1 - std::pow(static_cast<double>(c.beta1), step)));
  const auto unbiased = static_cast<float>(1 / (1 - std::pow(static_cast<double>(c.beta2), step)));
  each_vector(from, to, [&](std::size_t at, auto d) HWY_ATTR {
    const auto gradient = hn::LoadU(d, c.gradient + at);
    const auto beta1 = hn::Set(d, c.beta1);
    const auto beta2 = hn::Set(d, c.beta2);
    const auto mean = hn::MulAdd(beta1, hn::LoadU(d, c.mean + at), hn::Mul(hn::Set(d, 1 - c.beta1), gradient));
    const auto variance =
        hn::MulAdd(beta2, hn::LoadU(d, c.variance + at), hn::Mul(hn::Set(d, 1 - c.beta2), hn::Mul(gradient, gradient)));
    const auto below = hn::Add(hn::Sqrt(hn::Mul(variance, hn::Set(d, unbiased))), hn::Set(d, c.epsilon));
    hn::StoreU(mean, d, c.mean + at);
    hn::StoreU(variance, d, c.variance + at);
    hn::StoreU(hn::Sub(hn::LoadU(d, c.weights + at), hn::Div(hn::Mul(hn::Set(d, rate), mean), below)), d,
               c.weights + at);
  });
}

}  // namespace dunlin::simd::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::simd {

HWY_EXPORT(axpy_part);
HWY_EXPORT(scale_part);
HWY_EXPORT(add_part);
HWY_EXPORT(multiply_part);
HWY_EXPORT(bias_relu_part);
HWY_EXPORT(relu_backward_part);
HWY_EXPORT(adam_part);

void axpy(const axpy_call& call, std::size_t from, std::size_t to) { HWY_DYNAMIC_DISPATCH(axpy_part)(call, from, to); }

void scale(const scale_call& call, std::size_t from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(scale_part)(call, from, to);
}

void add(const add_call& call, std::size_t from, std::size_t to) { HWY_DYNAMIC_DISPATCH(add_part)(call, from, to); }

void multiply(const multiply_call& call, std::size_t from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(multiply_part)(call, from, to);
}

void bias_relu(const bias_relu_call& call, std::size_t from_row, std::size_t to_row) {
  HWY_DYNAMIC_DISPATCH(bias_relu_part)(call, from_row, to_row);
}

void relu_backward(const relu_backward_call& call, std::size_t from, std::size_t to) {
  HWY_DYNAMIC_DISPATCH(relu_backward_part)(call, from, to);
}

void adam(const adam_call& call, std::size_t from, std::size_t to) { HWY_DYNAMIC_DISPATCH(adam_part)(call, from, to); }

}  // namespace dunlin::simd
#endif

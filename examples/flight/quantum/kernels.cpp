// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/kernels.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "examples/flight/quantum/kernels.cpp"
#include <hwy/foreach_target.h>
//
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace dunlin::flight::quantum::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Real and imaginary parts of neighbouring amplitudes.
template <class D>
struct lanes {
  hn::Vec<D> real;
  hn::Vec<D> imaginary;
};

/// Where the amplitudes of a state lie.
struct parts {
  double* real;
  double* imaginary;

  explicit parts(state_vector& s) : real{s.real.data()}, imaginary{s.imaginary.data()} {}

  template <class D>
  lanes<D> load(D d, std::size_t i) const {
    return {hn::LoadU(d, real + i), hn::LoadU(d, imaginary + i)};
  }
  template <class D>
  void store(D d, const lanes<D>& v, std::size_t i) const {
    hn::StoreU(v.real, d, real + i);
    hn::StoreU(v.imaginary, d, imaginary + i);
  }
};

/// Returns `factor * v + sum`, all complex.
template <class D>
lanes<D> multiply_add(D d, amplitude factor, const lanes<D>& v, const lanes<D>& sum) {
  const auto re = hn::Set(d, factor.real());
  const auto im = hn::Set(d, factor.imag());
  return {hn::MulAdd(re, v.real, hn::NegMulAdd(im, v.imaginary, sum.real)),
          hn::MulAdd(re, v.imaginary, hn::MulAdd(im, v.real, sum.imaginary))};
}

/// Calls `body` with the widest vector type, up to 8 lanes, that divides a run of `run` amplitudes.
template <class Body>
void with_lanes_for(std::size_t run, Body body) {
  if (run == 1) return body(hn::CappedTag<double, 1>{});
  if (run == 2) return body(hn::CappedTag<double, 2>{});
  if (run == 4) return body(hn::CappedTag<double, 4>{});
  body(hn::CappedTag<double, 8>{});
}

/// Calls `body(d, i)` for each vector of neighbouring indexes that have the bits `value` in `mask`.
/// A run of neighbours is as long as the lowest bit of the mask, so adding it to an index with the
/// mask's bits filled in carries over them to the next run.
template <class Body>
void for_selected(std::size_t size, std::size_t mask, std::size_t value, Body body) {
  const std::size_t run = mask == 0 ? size : mask & (~mask + 1);
  with_lanes_for(run, [&](auto d) {
    for (std::size_t first = value; first < size; first = (((first | mask) + run) & ~mask) | value)
      for (std::size_t i = first; i < first + run; i += hn::Lanes(d)) body(d, i);
  });
}

void apply_matrix_lanes(state_vector& state, std::size_t target, const matrix2& m, std::size_t controls) {
  const parts at{state};
  for_selected(state.size(), controls | target, controls, [&](auto d, std::size_t i) {
    const lanes<decltype(d)> none{hn::Zero(d), hn::Zero(d)};
    const auto zero = at.load(d, i);
    const auto one = at.load(d, i + target);
    at.store(d, multiply_add(d, m[0], zero, multiply_add(d, m[1], one, none)), i);
    at.store(d, multiply_add(d, m[2], zero, multiply_add(d, m[3], one, none)), i + target);
  });
}

void scale_where_lanes(state_vector& state, std::size_t mask, std::size_t value, amplitude factor) {
  const parts at{state};
  for_selected(state.size(), mask, value, [&](auto d, std::size_t i) {
    const lanes<decltype(d)> none{hn::Zero(d), hn::Zero(d)};
    at.store(d, multiply_add(d, factor, at.load(d, i), none), i);
  });
}

/// Returns the sum of `x[i] * y[i]`.
double dot_lanes(std::span<const double> x, std::span<const double> y) {
  double result = 0;
  with_lanes_for(x.size(), [&](auto d) {
    auto sum = hn::Zero(d);
    for (std::size_t i = 0; i < x.size(); i += hn::Lanes(d))
      sum = hn::MulAdd(hn::LoadU(d, x.data() + i), hn::LoadU(d, y.data() + i), sum);
    result = hn::GetLane(hn::SumOfLanes(d, sum));
  });
  return result;
}

/// Adds `factor * diagonal[i] * x[i]` to each `y[i]`; an empty diagonal is all ones.
void add_product_lanes(double factor, std::span<const double> diagonal, std::span<const double> x,
                       std::span<double> y) {
  with_lanes_for(x.size(), [&](auto d) {
    const auto f = hn::Set(d, factor);
    for (std::size_t i = 0; i < x.size(); i += hn::Lanes(d)) {
      const auto weight = diagonal.empty() ? f : hn::Mul(f, hn::LoadU(d, diagonal.data() + i));
      const auto sum = hn::MulAdd(weight, hn::LoadU(d, x.data() + i), hn::LoadU(d, y.data() + i));
      hn::StoreU(sum, d, y.data() + i);
    }
  });
}

void add_flipped_lanes(double factor, std::size_t target, std::span<const double> x, std::span<double> y) {
  for_selected(x.size(), target, 0, [&](auto d, std::size_t i) {
    const auto f = hn::Set(d, factor);
    const auto add = [&](const double* from, double* to) {
      hn::StoreU(hn::MulAdd(f, hn::LoadU(d, from), hn::LoadU(d, to)), d, to);
    };
    add(x.data() + i + target, y.data() + i);
    add(x.data() + i, y.data() + i + target);
  });
}

}  // namespace dunlin::flight::quantum::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace dunlin::flight::quantum {

HWY_EXPORT(apply_matrix_lanes);
HWY_EXPORT(scale_where_lanes);
HWY_EXPORT(dot_lanes);
HWY_EXPORT(add_product_lanes);
HWY_EXPORT(add_flipped_lanes);

void apply_matrix(state_vector& state, unsigned target, const matrix2& matrix, std::size_t controls) noexcept {
  HWY_DYNAMIC_DISPATCH(apply_matrix_lanes)(state, std::size_t{1} << target, matrix, controls);
}

void scale_where(state_vector& state, std::size_t mask, std::size_t value, amplitude factor) noexcept {
  HWY_DYNAMIC_DISPATCH(scale_where_lanes)(state, mask, value, factor);
}

amplitude inner_product(const state_vector& x, const state_vector& y) noexcept {
  const auto dot = HWY_DYNAMIC_DISPATCH(dot_lanes);
  return {dot(x.real, y.real) + dot(x.imaginary, y.imaginary), dot(x.real, y.imaginary) - dot(x.imaginary, y.real)};
}

void add_scaled(double factor, const state_vector& x, state_vector& y) noexcept {
  const auto add = HWY_DYNAMIC_DISPATCH(add_product_lanes);
  add(factor, {}, x.real, y.real);
  add(factor, {}, x.imaginary, y.imaginary);
}

void add_diagonal(std::span<const double> diagonal, const state_vector& x, state_vector& y) noexcept {
  const auto add = HWY_DYNAMIC_DISPATCH(add_product_lanes);
  add(1.0, diagonal, x.real, y.real);
  add(1.0, diagonal, x.imaginary, y.imaginary);
}

void add_flipped(double factor, unsigned target, const state_vector& x, state_vector& y) noexcept {
  const auto add = HWY_DYNAMIC_DISPATCH(add_flipped_lanes);
  add(factor, std::size_t{1} << target, x.real, y.real);
  add(factor, std::size_t{1} << target, x.imaginary, y.imaginary);
}

}  // namespace dunlin::flight::quantum
#endif

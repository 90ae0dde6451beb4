// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>

#include "examples/flight/quantum/state_vector.hpp"

/// Kernels over amplitudes, compiled for every instruction set and chosen at run time. Masks select
/// basis states by the bits of their index. States given together have one size. Thread: any.
namespace dunlin::flight::quantum {

/// A 2 x 2 matrix, row-major.
using matrix2 = std::array<amplitude, 4>;

/// Applies `matrix` to qubit `target` of the basis states whose bits `controls` are all set.
void apply_matrix(state_vector& state, unsigned target, const matrix2& matrix, std::size_t controls = 0) noexcept;

/// Multiplies by `factor` the amplitudes whose index has exactly the bits `value` among those of `mask`.
void scale_where(state_vector& state, std::size_t mask, std::size_t value, amplitude factor) noexcept;

/// Returns the inner product <x|y>.
amplitude inner_product(const state_vector& x, const state_vector& y) noexcept;

/// Adds `factor * x[i]` to each `y[i]`.
void add_scaled(double factor, const state_vector& x, state_vector& y) noexcept;

/// Adds `diagonal[i] * x[i]` to each `y[i]`.
void add_diagonal(std::span<const double> diagonal, const state_vector& x, state_vector& y) noexcept;

/// Adds `factor * x[i with the bit of `target` flipped]` to each `y[i]`.
void add_flipped(double factor, unsigned target, const state_vector& x, state_vector& y) noexcept;

}  // namespace dunlin::flight::quantum

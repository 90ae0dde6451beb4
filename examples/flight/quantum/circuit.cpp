// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/circuit.hpp"

#include <cmath>
#include <numbers>

namespace dunlin::flight::quantum {
namespace {

constexpr amplitude i_unit{0, 1};
constexpr double root_half = std::numbers::sqrt2 / 2;

/// Returns the matrix that `kind` applies to its (last) qubit; the diagonal kinds have none.
matrix2 matrix_of(gate_kind kind, double angle) noexcept {
  const double c = std::cos(angle / 2);
  const double s = std::sin(angle / 2);
  switch (kind) {
    case gate_kind::y:
      return {0, -i_unit, i_unit, 0};
    case gate_kind::h:
      return {root_half, root_half, root_half, -root_half};
    case gate_kind::rx:
      return {c, -i_unit * s, -i_unit * s, c};
    case gate_kind::ry:
      return {c, -s, s, c};
    default:
      return {0, 1, 1, 0};  // x, cx
  }
}

std::size_t bit(std::uint32_t qubit) noexcept { return std::size_t{1} << qubit; }

/// Multiplies by `even` where the bits of `a` and `b` are equal, else by `odd`.
void scale_by_parity(state_vector& state, std::size_t a, std::size_t b, amplitude even, amplitude odd) noexcept {
  scale_where(state, a | b, 0, even);
  scale_where(state, a | b, a | b, even);
  scale_where(state, a | b, a, odd);
  scale_where(state, a | b, b, odd);
}

void apply_rz(state_vector& state, std::size_t qubit, double angle) noexcept {
  scale_where(state, qubit, 0, std::polar(1.0, -angle / 2));
  scale_where(state, qubit, qubit, std::polar(1.0, angle / 2));
}

}  // namespace

void apply(const gate& one, state_vector& state) noexcept {
  const std::size_t a = bit(one.first);
  const std::size_t b = bit(one.second);
  switch (one.kind) {
    case gate_kind::z:
      return scale_where(state, a, a, -1.0);
    case gate_kind::cz:
      return scale_where(state, a | b, a | b, -1.0);
    case gate_kind::rz:
      return apply_rz(state, a, one.angle);
    case gate_kind::rzz:
      return scale_by_parity(state, a, b, std::polar(1.0, -one.angle / 2), std::polar(1.0, one.angle / 2));
    case gate_kind::cx:
      return apply_matrix(state, one.second, matrix_of(one.kind, 0), a);
    default:
      return apply_matrix(state, one.first, matrix_of(one.kind, one.angle));
  }
}

void apply_all(std::span<const gate> all, state_vector& state) noexcept {
  for (const gate& one : all) apply(one, state);
}

void apply_conjugate(const gate& one, state_vector& state) noexcept {
  // y turns into -y, ry is real, and the other rotations turn the other way; the rest is real.
  gate conjugate = one;
  if (one.kind != gate_kind::ry) conjugate.angle = -one.angle;
  apply(conjugate, state);
  if (one.kind == gate_kind::y) scale_where(state, 0, 0, -1.0);
}

void apply_inverse(const gate& one, state_vector& state) noexcept {
  gate inverse = one;  // kinds without an angle are their own inverses
  inverse.angle = -one.angle;
  apply(inverse, state);
}

void apply_generator(const gate& rotation, state_vector& state) noexcept {
  switch (rotation.kind) {
    case gate_kind::rx:
      return apply(gate{gate_kind::x, rotation.first}, state);
    case gate_kind::ry:
      return apply(gate{gate_kind::y, rotation.first}, state);
    case gate_kind::rz:
      return apply(gate{gate_kind::z, rotation.first}, state);
    case gate_kind::rzz:
      return scale_by_parity(state, bit(rotation.first), bit(rotation.second), 1.0, -1.0);
    default:
      return;
  }
}

}  // namespace dunlin::flight::quantum

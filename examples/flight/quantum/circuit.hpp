// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "examples/flight/quantum/kernels.hpp"

namespace dunlin::flight::quantum {

/// The gates that circuits are made of. Rotations are exp(-i angle/2 P) of the named Pauli product P.
enum class gate_kind : std::uint8_t { x, y, z, h, rx, ry, rz, rzz, cx, cz };

constexpr gate_kind enum_last(gate_kind) noexcept { return gate_kind::cz; }

/// One gate on qubit `first`, and `second` where the kind takes two; cx is controlled by `first`.
struct gate {
  gate_kind kind = gate_kind::x;
  std::uint32_t first = 0;
  std::uint32_t second = 0;
  double angle = 0;  ///< radians; rotations only
  static auto fields(auto& g) { return std::tie(g.kind, g.first, g.second, g.angle); }
};

using circuit = std::vector<gate>;

/// Whether `kind` takes two qubits.
constexpr bool takes_two(gate_kind kind) noexcept { return kind >= gate_kind::rzz; }

/// Whether `kind` has an angle.
constexpr bool is_rotation(gate_kind kind) noexcept { return kind >= gate_kind::rx && kind <= gate_kind::rzz; }

/// Applies `one` to `state`.
void apply(const gate& one, state_vector& state) noexcept;

/// Applies the gates of `all` in order.
void apply_all(std::span<const gate> all, state_vector& state) noexcept;

/// Applies the complex conjugate of `one`: what acts on the other side of a density matrix.
void apply_conjugate(const gate& one, state_vector& state) noexcept;

/// Applies the inverse of `one`.
void apply_inverse(const gate& one, state_vector& state) noexcept;

/// Applies the Pauli product that a rotation turns about; other kinds leave `state` alone.
void apply_generator(const gate& rotation, state_vector& state) noexcept;

}  // namespace dunlin::flight::quantum

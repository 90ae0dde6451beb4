// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "examples/flight/quantum/circuit.hpp"

namespace dunlin::flight::quantum {

/// The density matrix of a register, kept as a state of twice the qubits: row bits low, column bits
/// high. A gate acts on the rows and its complex conjugate on the columns.
class density_matrix {
 public:
  /// Makes |0…0><0…0| of `qubits` (at most 12) qubits.
  explicit density_matrix(std::uint32_t qubits);

  /// Applies a gate.
  void apply(const gate& one);

  /// Mixes in X, Y and Z on `qubit`, each with probability `noise_level` / 3.
  void depolarise(std::uint32_t qubit, double noise_level);

  /// Returns <pure|density|pure>.
  double fidelity_with(const state_vector& pure) const;

  /// Returns the sum of the diagonal: 1 but for rounding.
  double trace() const;

 private:
  std::uint32_t qubits_;
  state_vector entries_;
};

}  // namespace dunlin::flight::quantum

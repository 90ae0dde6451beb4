// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <complex>
#include <cstddef>
#include <vector>

namespace dunlin::flight::quantum {

using amplitude = std::complex<double>;

/// The state of a register of qubits: one amplitude per basis state, qubit 0 in the lowest bit of the
/// index. Real and imaginary parts lie apart, so that a vector register of any width holds whole parts.
struct state_vector {
  /// Makes |0…0> of `qubits` (at most 24) qubits.
  explicit state_vector(unsigned qubits) : qubits{qubits}, real(std::size_t{1} << qubits), imaginary(real.size()) {
    real.front() = 1.0;
  }

  std::size_t size() const noexcept { return real.size(); }
  amplitude at(std::size_t basis) const noexcept { return {real[basis], imaginary[basis]}; }
  double probability(std::size_t basis) const noexcept { return std::norm(at(basis)); }

  void set(std::size_t basis, amplitude value) noexcept {
    real[basis] = value.real();
    imaginary[basis] = value.imag();
  }

  unsigned qubits;
  std::vector<double> real;
  std::vector<double> imaginary;
};

}  // namespace dunlin::flight::quantum

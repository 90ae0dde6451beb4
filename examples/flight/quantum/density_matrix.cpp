// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/density_matrix.hpp"

namespace dunlin::flight::quantum {

density_matrix::density_matrix(std::uint32_t qubits) : qubits_{qubits}, entries_{2 * qubits} {}

void density_matrix::apply(const gate& one) {
  quantum::apply(one, entries_);
  gate on_columns = one;
  on_columns.first += qubits_;
  on_columns.second += qubits_;
  apply_conjugate(on_columns, entries_);
}

void density_matrix::depolarise(std::uint32_t qubit, double noise_level) {
  const density_matrix before = *this;
  scale_where(entries_, 0, 0, 1 - noise_level);
  for (const gate_kind pauli : {gate_kind::x, gate_kind::y, gate_kind::z}) {
    density_matrix disturbed = before;
    disturbed.apply(gate{pauli, qubit});
    add_scaled(noise_level / 3, disturbed.entries_, entries_);
  }
}

double density_matrix::fidelity_with(const state_vector& pure) const {
  // <pure|density|pure> = Σ conj(pure_row) density_row,column pure_column: an inner product with the
  // entries of |pure><pure|.
  state_vector projector{2 * qubits_};
  for (std::size_t column = 0; column < pure.size(); ++column)
    for (std::size_t row = 0; row < pure.size(); ++row)
      projector.set(row | column << qubits_, pure.at(row) * std::conj(pure.at(column)));
  return inner_product(projector, entries_).real();
}

double density_matrix::trace() const {
  double sum = 0;
  const std::size_t states = std::size_t{1} << qubits_;
  for (std::size_t i = 0; i < states; ++i) sum += entries_.real[i | i << qubits_];
  return sum;
}

}  // namespace dunlin::flight::quantum

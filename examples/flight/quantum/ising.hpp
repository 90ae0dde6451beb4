// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/quantum/state_vector.hpp"

namespace dunlin::flight::quantum {

/// A chain of spins with H = -coupling Σ Z_i Z_{i+1} - field Σ X_i, open at its ends.
struct ising_chain {
  std::uint32_t sites = 5;
  double coupling = 1.0;
  double field = 1.0;
  static auto fields(auto& c) { return std::tie(c.sites, c.coupling, c.field); }
};

/// The Hamiltonian of a chain, ready to act on states.
class ising_hamiltonian {
 public:
  explicit ising_hamiltonian(const ising_chain& chain);

  /// Returns H|state>.
  state_vector apply_to(const state_vector& state) const;

  /// Returns <state|H|state> of a normalised state.
  double energy_of(const state_vector& state) const;

  const ising_chain& chain() const noexcept { return chain_; }

 private:
  ising_chain chain_;
  std::vector<double> couplings_;  ///< the diagonal part, by basis state
};

/// Returns the lowest eigenvalue of the chain's Hamiltonian by exact diagonalisation.
/// Errors: invalid_argument (no sites, or more than 9: the dense matrix would take seconds).
result<double> exact_ground_energy(const ising_chain& chain);

}  // namespace dunlin::flight::quantum

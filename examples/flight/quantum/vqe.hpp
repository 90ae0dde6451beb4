// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/quantum/circuit.hpp"
#include "examples/flight/quantum/ising.hpp"
#include "examples/flight/quantum/minimise.hpp"

namespace dunlin::flight::quantum {

/// A search for a chain's ground state with a circuit of `depth` layers.
struct vqe_search {
  ising_chain chain = {};
  std::uint32_t depth = 4;
  std::uint64_t seed = 0;     ///< of the first angles
  std::uint32_t steps = 300;  ///< most steps of the optimiser
  static auto fields(auto& s) { return std::tie(s.chain, s.depth, s.seed, s.steps); }
};

/// What a search found.
struct vqe_report {
  double energy = 0;
  std::uint32_t steps = 0;
  std::uint32_t evaluations = 0;  ///< of energy and gradient
  std::vector<double> angles;     ///< layer by layer: the bonds, then the sites
  static auto fields(auto& r) { return std::tie(r.energy, r.steps, r.evaluations, r.angles); }
};

/// The circuit of a search: H on each site, then `depth` layers of rzz on each bond and rx on each site,
/// every gate with an angle of its own. Source: Wecker, Hastings, Troyer, "Progress towards practical
/// quantum variational algorithms", section IV.
class vqe_energy final : public objective {
 public:
  vqe_energy(const ising_chain& chain, std::uint32_t depth);

  /// Returns the energy of the circuit's state and its gradient by the adjoint method: one pass forward
  /// and one back, however many angles. Source: Jones, Gacon, "Efficient calculation of gradients in
  /// classical simulations of variational quantum algorithms", algorithm 1.
  double value_at(std::span<const double> angles, std::span<double> gradient) override;

  /// Returns the state that the circuit prepares with `angles`.
  state_vector state_at(std::span<const double> angles);

  std::size_t angles() const noexcept { return layers_.size(); }
  std::uint32_t evaluations() const noexcept { return evaluations_; }

 private:
  ising_hamiltonian hamiltonian_;
  circuit layers_;
  std::uint32_t evaluations_ = 0;
};

/// Runs one search from random angles. `by` may be null; it hears of each step of the optimiser.
/// Errors: invalid_argument (2 to 12 sites, depth 1 to 64), cancelled. Thread: any.
result<vqe_report> run_vqe(const vqe_search& search, watcher* by = nullptr);

}  // namespace dunlin::flight::quantum

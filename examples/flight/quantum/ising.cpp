// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/ising.hpp"

#include "examples/flight/quantum/kernels.hpp"

namespace dunlin::flight::quantum {

ising_hamiltonian::ising_hamiltonian(const ising_chain& chain)
    : chain_{chain}, couplings_(std::size_t{1} << chain.sites) {
  for (std::size_t basis = 0; basis < couplings_.size(); ++basis)
    for (std::uint32_t site = 0; site + 1 < chain.sites; ++site) {
      const bool aligned = ((basis >> site) & 1) == ((basis >> (site + 1)) & 1);
      couplings_[basis] += aligned ? -chain.coupling : chain.coupling;
    }
}

state_vector ising_hamiltonian::apply_to(const state_vector& state) const {
  state_vector out{state.qubits};
  out.set(0, 0.0);
  add_diagonal(couplings_, state, out);
  for (unsigned site = 0; site < chain_.sites; ++site) add_flipped(-chain_.field, site, state, out);
  return out;
}

double ising_hamiltonian::energy_of(const state_vector& state) const {
  return inner_product(state, apply_to(state)).real();
}

}  // namespace dunlin::flight::quantum

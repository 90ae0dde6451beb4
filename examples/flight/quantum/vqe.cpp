// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/vqe.hpp"

#include <string>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::quantum {

vqe_energy::vqe_energy(const ising_chain& chain, std::uint32_t depth) : hamiltonian_{chain} {
  for (std::uint32_t layer = 0; layer < depth; ++layer) {
    for (std::uint32_t site = 0; site + 1 < chain.sites; ++site) layers_.push_back({gate_kind::rzz, site, site + 1, 0});
    for (std::uint32_t site = 0; site < chain.sites; ++site) layers_.push_back({gate_kind::rx, site, 0, 0});
  }
}

state_vector vqe_energy::state_at(std::span<const double> angles) {
  for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].angle = angles[i];
  state_vector state{hamiltonian_.chain().sites};
  for (unsigned site = 0; site < state.qubits; ++site) apply(gate{gate_kind::h, site}, state);
  apply_all(layers_, state);
  return state;
}

double vqe_energy::value_at(std::span<const double> angles, std::span<double> gradient) {
  ++evaluations_;
  state_vector state = state_at(angles);
  state_vector costate = hamiltonian_.apply_to(state);
  const double energy = inner_product(state, costate).real();
  for (std::size_t i = layers_.size(); i-- > 0;) {
    state_vector turned = state;
    apply_generator(layers_[i], turned);
    // The derivative of exp(-i angle/2 P) brings -i/2 P, so 2 Re(-i/2 z) = Im z remains.
    gradient[i] = inner_product(costate, turned).imag();
    apply_inverse(layers_[i], state);
    apply_inverse(layers_[i], costate);
  }
  return energy;
}

result<vqe_report> run_vqe(const vqe_search& search, watcher* by) {
  if (search.chain.sites < 2 || search.chain.sites > 12)
    return fail(errc::invalid_argument, std::to_string(search.chain.sites) + " sites", "2 to 12", "chain.sites");
  if (search.depth == 0 || search.depth > 64)
    return fail(errc::invalid_argument, "depth " + std::to_string(search.depth), "1 to 64", "depth");
  vqe_energy energy{search.chain, search.depth};
  seeded random{search.seed};
  std::vector<double> angles(energy.angles());
  for (double& angle : angles) angle = random.between(-0.5, 0.5);
  auto found = minimise(energy, std::move(angles), {.steps = search.steps}, by);
  if (!found) return fail(std::move(found.error()));
  return vqe_report{found->value, found->steps, energy.evaluations(), std::move(found->x)};
}

}  // namespace dunlin::flight::quantum

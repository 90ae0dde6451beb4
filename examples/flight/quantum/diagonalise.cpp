// SPDX-License-Identifier: Apache-2.0
// Exact diagonalisation stands apart because Eigen is a heavy header.
#include <Eigen/Dense>
#include <string>

#include "examples/flight/quantum/ising.hpp"

namespace dunlin::flight::quantum {

result<double> exact_ground_energy(const ising_chain& chain) {
  if (chain.sites == 0 || chain.sites > 9)
    return fail(errc::invalid_argument, std::to_string(chain.sites) + " sites", "1 to 9", "sites");
  const Eigen::Index states = Eigen::Index{1} << chain.sites;
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Zero(states, states);
  for (Eigen::Index basis = 0; basis < states; ++basis)
    for (std::uint32_t site = 0; site < chain.sites; ++site) {
      matrix(basis ^ (Eigen::Index{1} << site), basis) -= chain.field;
      if (site + 1 == chain.sites) continue;
      const bool aligned = ((basis >> site) & 1) == ((basis >> (site + 1)) & 1);
      matrix(basis, basis) += aligned ? -chain.coupling : chain.coupling;
    }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> solved{matrix, Eigen::EigenvaluesOnly};
  return solved.eigenvalues()(0);
}

}  // namespace dunlin::flight::quantum

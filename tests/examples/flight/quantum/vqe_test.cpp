// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/vqe.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::quantum {
namespace {

TEST(QuantumIsing, GroundEnergyOfTwoSpinsIsKnownInClosedForm) {
  // Two sites: E = -√(coupling² + 4 field²).
  for (const auto& [coupling, field] : {std::pair{1.0, 1.0}, {0.3, 2.0}, {2.0, 0.0}})
    EXPECT_NEAR(*exact_ground_energy({2, coupling, field}), -std::sqrt(coupling * coupling + 4 * field * field), 1e-12);
}

TEST(QuantumIsing, EnergyOfProductStatesIsKnown) {
  const ising_hamiltonian hamiltonian{{5, 1.5, 0.5}};
  state_vector up{5}, plus{5};
  for (unsigned site = 0; site < 5; ++site) apply(gate{gate_kind::h, site}, plus);

  EXPECT_NEAR(hamiltonian.energy_of(up), -4 * 1.5, 1e-12);
  EXPECT_NEAR(hamiltonian.energy_of(plus), -5 * 0.5, 1e-12);
}

TEST(QuantumIsing, RefusesChainsOutOfReach) {
  EXPECT_EQ(exact_ground_energy({0, 1, 1}).error().code, errc::invalid_argument);
  EXPECT_EQ(exact_ground_energy({10, 1, 1}).error().code, errc::invalid_argument);
}

TEST(QuantumVqe, GradientAgreesWithFiniteDifferences) {
  vqe_energy energy{{4, 1.0, 0.7}, 3};
  seeded random{11};
  std::vector<double> angles(energy.angles()), gradient(angles.size()), unused(angles.size());
  for (double& angle : angles) angle = random.between(-3, 3);
  energy.value_at(angles, gradient);
  constexpr double step = 1e-5;
  for (std::size_t i = 0; i < angles.size(); ++i) {
    auto moved = angles;
    moved[i] += step;
    const double above = energy.value_at(moved, unused);
    moved[i] -= 2 * step;
    const double below = energy.value_at(moved, unused);
    ASSERT_NEAR(gradient[i], (above - below) / (2 * step), 1e-8) << "angle " << i;
  }
}

TEST(QuantumVqe, DepthFourFindsTheGroundOfFiveSpins) {
  for (const double field : {0.5, 1.0, 2.0}) {
    const ising_chain chain{5, 1.0, field};
    const double exact = *exact_ground_energy(chain);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
      const auto report = run_vqe({chain, 4, seed, 300});
      ASSERT_TRUE(report) << to_string(report.error());
      EXPECT_NEAR(report->energy, exact, 1e-3) << "field " << field << " seed " << seed;
      EXPECT_GE(report->energy, exact - 1e-9) << "below the ground";
    }
  }
}

TEST(QuantumVqe, TheAnglesReproduceTheEnergy) {
  const vqe_search search{.seed = 3, .steps = 20};
  const auto report = run_vqe(search);
  vqe_energy energy{search.chain, search.depth};

  const double again = ising_hamiltonian{search.chain}.energy_of(energy.state_at(report->angles));

  EXPECT_NEAR(again, report->energy, 1e-12);
}

TEST(QuantumVqe, RefusesWhatItCannotRun) {
  EXPECT_EQ(run_vqe({.chain = {1, 1, 1}}).error().code, errc::invalid_argument);
  EXPECT_EQ(run_vqe({.chain = {13, 1, 1}}).error().code, errc::invalid_argument);
  EXPECT_EQ(run_vqe({.depth = 0}).error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace dunlin::flight::quantum

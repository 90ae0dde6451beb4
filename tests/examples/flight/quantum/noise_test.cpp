// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/noise.hpp"

#include <gtest/gtest.h>

#include "examples/flight/quantum/density_matrix.hpp"

namespace dunlin::flight::quantum {
namespace {

TEST(QuantumNoise, TrajectoriesMeetTheDensityMatrixWithinThreeSigma) {
  for (const double level : {0.01, 0.05, 0.2}) {
    const noisy_run run{3, entangling_circuit(3), level, 17, 20000};
    const auto sampled = run_trajectories(run);
    const auto exact = exact_fidelity(run);

    ASSERT_TRUE(sampled && exact);
    EXPECT_GT(sampled->standard_error(), 0);
    EXPECT_NEAR(sampled->mean(), *exact, 3 * sampled->standard_error()) << "noise level " << level;
  }
}

TEST(QuantumNoise, PartsAddUpToTheWhole) {
  fidelity_sums together;
  for (std::uint64_t part = 0; part < 4; ++part)
    together.add(*run_trajectories({3, entangling_circuit(3), 0.1, part, 5000}));

  const double exact = *exact_fidelity({3, entangling_circuit(3), 0.1});
  EXPECT_EQ(together.count, 20000u);
  EXPECT_NEAR(together.mean(), exact, 3 * together.standard_error());
}

TEST(QuantumNoise, NoNoiseLosesNothing) {
  const noisy_run run{4, entangling_circuit(4), 0.0, 1, 3};

  EXPECT_NEAR(run_trajectories(run)->mean(), 1, 1e-12);
  EXPECT_NEAR(*exact_fidelity(run), 1, 1e-12);
}

TEST(QuantumNoise, FidelityAfterOneDepolarisedGateIsKnown) {
  // |1> after x suffers X or Y, which turn it to |0>, with probability 2/3 of the level.
  EXPECT_NEAR(*exact_fidelity({1, {{gate_kind::x, 0}}, 0.3}), 1 - 0.2, 1e-12);
}

TEST(QuantumDensityMatrix, KeepsItsTraceAndForgetsUnderFullNoise) {
  density_matrix density{2};
  for (const gate& one : entangling_circuit(2)) density.apply(one);
  EXPECT_NEAR(density.trace(), 1, 1e-12);

  for (std::uint32_t qubit = 0; qubit < 2; ++qubit) density.depolarise(qubit, 0.75);

  EXPECT_NEAR(density.trace(), 1, 1e-12);
  EXPECT_NEAR(density.fidelity_with(state_vector{2}), 0.25, 1e-12);
}

TEST(QuantumNoise, RefusesGatesOutsideTheRegister) {
  for (const gate& bad : {gate{gate_kind::x, 3}, gate{gate_kind::cx, 0, 3}, gate{gate_kind::cz, 1, 1}}) {
    const auto refused = run_trajectories({3, {{gate_kind::h, 0}, bad}, 0.1});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().path, "gates[1]");
  }
  EXPECT_EQ(run_trajectories({3, {}, 1.5}).error().path, "noise_level");
  EXPECT_EQ(run_trajectories({0, {}, 0.5}).error().path, "qubits");
  EXPECT_EQ(exact_fidelity({7, {}, 0.5}).error().path, "qubits");
  EXPECT_EQ(run_trajectories({3, {}, 0.5, 0, 0}).error().path, "trajectories");
}

}  // namespace
}  // namespace dunlin::flight::quantum

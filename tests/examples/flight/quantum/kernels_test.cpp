// SPDX-License-Identifier: Apache-2.0
// The kernels against the definition, written out with std::complex, on every qubit of a register
// large enough for narrow, whole and repeated vectors.
#include "examples/flight/quantum/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <utility>

#include "examples/flight/quantum/circuit.hpp"
#include "examples/flight/seeded.hpp"

namespace dunlin::flight::quantum {
namespace {

constexpr unsigned qubits = 6;

state_vector random_state(std::uint64_t seed, unsigned of = qubits) {
  seeded random{seed};
  state_vector state{of};
  double norm = 0;
  for (std::size_t i = 0; i < state.size(); ++i) {
    state.set(i, {random.normal(), random.normal()});
    norm += state.probability(i);
  }
  scale_where(state, 0, 0, 1 / std::sqrt(norm));
  return state;
}

void expect_same(const state_vector& actual, const state_vector& expected) {
  for (std::size_t i = 0; i < actual.size(); ++i)
    ASSERT_LT(std::abs(actual.at(i) - expected.at(i)), 1e-12) << "basis state " << i;
}

TEST(QuantumKernels, MatrixActsOnTheTargetWhereTheControlsAreSet) {
  const matrix2 m{amplitude{0.6, 0.1}, {-0.3, 0.7}, {0.2, -0.5}, {0.9, 0.4}};
  for (unsigned target = 0; target < qubits; ++target)
    for (const std::size_t controls : {0u, 1u, 2u, 9u, 32u, 40u}) {
      const std::size_t bit = std::size_t{1} << target;
      if (controls & bit) continue;
      const state_vector before = random_state(target);
      state_vector expected = before, actual = before;
      for (std::size_t i = 0; i < before.size(); ++i) {
        if ((i & controls) != controls || (i & bit) != 0) continue;
        expected.set(i, m[0] * before.at(i) + m[1] * before.at(i | bit));
        expected.set(i | bit, m[2] * before.at(i) + m[3] * before.at(i | bit));
      }
      apply_matrix(actual, target, m, controls);
      expect_same(actual, expected);
    }
}

TEST(QuantumKernels, ScaleSelectsByMaskAndValue) {
  const amplitude factor{0.3, -0.8};
  for (std::size_t mask = 0; mask < 64; ++mask)
    for (const std::size_t value : {std::size_t{0}, mask, mask & 21}) {
      const state_vector before = random_state(mask);
      state_vector expected = before, actual = before;
      for (std::size_t i = 0; i < before.size(); ++i)
        if ((i & mask) == value) expected.set(i, factor * before.at(i));
      scale_where(actual, mask, value, factor);
      expect_same(actual, expected);
    }
}

TEST(QuantumKernels, InnerProductConjugatesItsFirstArgument) {
  for (const unsigned of : {0u, 1u, 2u, 3u, 6u}) {
    const state_vector x = random_state(1, of), y = random_state(2, of);
    amplitude expected = 0;
    for (std::size_t i = 0; i < x.size(); ++i) expected += std::conj(x.at(i)) * y.at(i);
    EXPECT_LT(std::abs(inner_product(x, y) - expected), 1e-12) << of;
  }
}

TEST(QuantumKernels, AddFlippedReadsAcrossTheTargetBit) {
  for (unsigned target = 0; target < qubits; ++target) {
    const state_vector x = random_state(3), y = random_state(4);
    state_vector expected = y, actual = y;
    for (std::size_t i = 0; i < x.size(); ++i) expected.set(i, y.at(i) + 0.7 * x.at(i ^ (std::size_t{1} << target)));
    add_flipped(0.7, target, x, actual);
    expect_same(actual, expected);
  }
}

TEST(QuantumCircuit, InverseUndoesEveryKindOfGate) {
  for (int kind = 0; kind <= static_cast<int>(gate_kind::cz); ++kind) {
    const gate one{static_cast<gate_kind>(kind), 4, 1, 0.9};
    const state_vector before = random_state(5);
    state_vector state = before;
    apply(one, state);
    EXPECT_NEAR(inner_product(state, state).real(), 1, 1e-12) << kind;
    apply_inverse(one, state);
    expect_same(state, before);
  }
}

TEST(QuantumCircuit, ConjugateGateIsTheGateOnTheConjugateState) {
  for (int kind = 0; kind <= static_cast<int>(gate_kind::cz); ++kind) {
    const gate one{static_cast<gate_kind>(kind), 0, 3, 0.9};
    state_vector state = random_state(6), mirrored = state;
    for (double& part : mirrored.imaginary) part = -part;
    apply(one, state);
    apply_conjugate(one, mirrored);
    for (double& part : mirrored.imaginary) part = -part;
    expect_same(mirrored, state);
  }
}

TEST(QuantumCircuit, RotationsAreExponentialsOfTheirGenerators) {
  for (const gate_kind kind : {gate_kind::rx, gate_kind::ry, gate_kind::rz, gate_kind::rzz}) {
    const gate one{kind, 2, 5, 0.8};
    const state_vector before = random_state(7);
    state_vector actual = before, turned = before, expected = before;
    apply(one, actual);
    apply_generator(one, turned);
    for (std::size_t i = 0; i < before.size(); ++i)
      expected.set(i, std::cos(0.4) * before.at(i) - amplitude{0, std::sin(0.4)} * turned.at(i));
    expect_same(actual, expected);
  }
}

TEST(QuantumCircuit, BellPairIsEntangled) {
  state_vector state{2};
  apply_all(circuit{{gate_kind::h, 0}, {gate_kind::cx, 0, 1}}, state);

  EXPECT_NEAR(state.probability(0), 0.5, 1e-15);
  EXPECT_NEAR(state.probability(3), 0.5, 1e-15);
}

}  // namespace
}  // namespace dunlin::flight::quantum

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/quantum/circuit.hpp"
#include "examples/flight/watcher.hpp"

namespace dunlin::flight::quantum {

/// A circuit run many times on a noisy machine: after each gate, each qubit it touched suffers X, Y or
/// Z with probability `noise_level` / 3 each.
struct noisy_run {
  std::uint32_t qubits = 3;  ///< 1 to 16
  std::vector<gate> gates;
  double noise_level = 0;  ///< 0..1
  std::uint64_t seed = 0;
  std::uint32_t trajectories = 1000;
  static auto fields(auto& r) { return std::tie(r.qubits, r.gates, r.noise_level, r.seed, r.trajectories); }
};

/// The fidelity with the noiseless state over some trajectories; sums of parts are sums of wholes.
struct fidelity_sums {
  std::uint64_t count = 0;
  double sum = 0;
  double sum_of_squares = 0;

  /// Adds what another part of the same experiment found.
  void add(const fidelity_sums& other) noexcept;
  double mean() const noexcept;
  /// Returns the standard error of the mean; 0 with fewer than two trajectories.
  double standard_error() const noexcept;
  static auto fields(auto& s) { return std::tie(s.count, s.sum, s.sum_of_squares); }
};

/// Returns a circuit that entangles all qubits and turns each: the experiment that the flight runs.
circuit entangling_circuit(std::uint32_t qubits);

/// Samples trajectories. Runs with different seeds are independent. `by` may be null; it hears of every
/// hundredth trajectory. Errors: invalid_argument (qubits, noise level, no trajectories, or a gate outside
/// the register), cancelled. Thread: any.
result<fidelity_sums> run_trajectories(const noisy_run& run, watcher* by = nullptr);

/// Returns the same fidelity without sampling, by evolving the density matrix of the register.
/// Errors: invalid_argument (as above, and more than 6 qubits). Thread: any.
result<double> exact_fidelity(const noisy_run& run);

}  // namespace dunlin::flight::quantum

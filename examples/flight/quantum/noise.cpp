// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/noise.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "examples/flight/quantum/density_matrix.hpp"
#include "examples/flight/seeded.hpp"

namespace dunlin::flight::quantum {
namespace {

constexpr std::uint64_t trajectories_per_step = 100;
constexpr std::array paulis{gate_kind::x, gate_kind::y, gate_kind::z};

bool fits(const gate& one, std::uint32_t qubits) {
  if (one.first >= qubits || one.kind > gate_kind::cz) return false;
  return !takes_two(one.kind) || (one.second < qubits && one.second != one.first);
}

/// Errors: invalid_argument.
result<void> check(const noisy_run& run, std::uint32_t most_qubits) {
  if (run.qubits == 0 || run.qubits > most_qubits)
    return fail(errc::invalid_argument, std::to_string(run.qubits) + " qubits", "1 to " + std::to_string(most_qubits),
                "qubits");
  if (!(run.noise_level >= 0 && run.noise_level <= 1))
    return fail(errc::invalid_argument, "noise level " + std::to_string(run.noise_level), "0 to 1", "noise_level");
  if (run.trajectories == 0) return fail(errc::invalid_argument, "no trajectories", "at least 1", "trajectories");
  const auto bad = std::ranges::find_if(run.gates, [&run](const gate& g) { return !fits(g, run.qubits); });
  if (bad != run.gates.end())
    return fail(errc::invalid_argument, "a gate outside the register, or on one qubit twice", "",
                "gates[" + std::to_string(bad - run.gates.begin()) + "]");
  return {};
}

/// Lets `qubit` suffer a Pauli error with probability `noise_level`.
void disturb(double noise_level, std::uint32_t qubit, seeded& random, state_vector& state) {
  if (random.uniform() < noise_level) apply(gate{paulis[random.below(paulis.size())], qubit}, state);
}

/// Returns the fidelity of one noisy passage with the noiseless `ideal`.
double sample(const noisy_run& run, const state_vector& ideal, seeded& random) {
  state_vector state{run.qubits};
  for (const gate& one : run.gates) {
    apply(one, state);
    disturb(run.noise_level, one.first, random, state);
    if (takes_two(one.kind)) disturb(run.noise_level, one.second, random, state);
  }
  return std::norm(inner_product(ideal, state));
}

}  // namespace

void fidelity_sums::add(const fidelity_sums& other) noexcept {
  count += other.count;
  sum += other.sum;
  sum_of_squares += other.sum_of_squares;
}

double fidelity_sums::mean() const noexcept { return count == 0 ? 0.0 : sum / static_cast<double>(count); }

double fidelity_sums::standard_error() const noexcept {
  if (count < 2) return 0;
  const auto n = static_cast<double>(count);
  const double variance = std::max(0.0, (sum_of_squares - sum * sum / n) / (n - 1));
  return std::sqrt(variance / n);
}

circuit entangling_circuit(std::uint32_t qubits) {
  circuit out{{gate_kind::h, 0}};
  for (std::uint32_t qubit = 0; qubit + 1 < qubits; ++qubit) {
    out.push_back({gate_kind::cx, qubit, qubit + 1});
    out.push_back({gate_kind::rzz, qubit, qubit + 1, 0.7});
  }
  for (std::uint32_t qubit = 0; qubit < qubits; ++qubit) {
    out.push_back({gate_kind::ry, qubit, 0, 0.4 + 0.3 * qubit});
    out.push_back({gate_kind::rx, qubit, 0, 1.1 - 0.2 * qubit});
  }
  return out;
}

result<fidelity_sums> run_trajectories(const noisy_run& run, watcher* by) {
  if (auto checked = check(run, 16); !checked) return fail(checked.error());
  state_vector ideal{run.qubits};
  apply_all(run.gates, ideal);
  seeded random{run.seed};
  fidelity_sums sums;
  for (std::uint32_t i = 0; i < run.trajectories; ++i) {
    const double fidelity = sample(run, ideal, random);
    sums.add({1, fidelity, fidelity * fidelity});
    if (sums.count % trajectories_per_step != 0) continue;
    if (auto more = step_done(by, sums.count, run.trajectories, "trajectories"); !more)
      return fail(std::move(more.error()));
  }
  return sums;
}

result<double> exact_fidelity(const noisy_run& run) {
  if (auto checked = check(run, 6); !checked) return fail(checked.error());
  state_vector ideal{run.qubits};
  apply_all(run.gates, ideal);
  density_matrix density{run.qubits};
  for (const gate& one : run.gates) {
    density.apply(one);
    density.depolarise(one.first, run.noise_level);
    if (takes_two(one.kind)) density.depolarise(one.second, run.noise_level);
  }
  return density.fidelity_with(ideal);
}

}  // namespace dunlin::flight::quantum

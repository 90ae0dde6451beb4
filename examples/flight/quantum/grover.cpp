// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/grover.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>

#include "examples/flight/quantum/circuit.hpp"

namespace dunlin::flight::quantum {
namespace {

constexpr std::uint32_t most_qubits = 20;

void apply_to_all(gate_kind kind, state_vector& state) {
  for (unsigned qubit = 0; qubit < state.qubits; ++qubit) apply(gate{kind, qubit}, state);
}

/// Reflects the state about the uniform one: H X (controlled Z on all) X H.
void diffuse(state_vector& state) {
  const std::size_t all = state.size() - 1;
  apply_to_all(gate_kind::h, state);
  apply_to_all(gate_kind::x, state);
  scale_where(state, all, all, -1.0);
  apply_to_all(gate_kind::x, state);
  apply_to_all(gate_kind::h, state);
}

/// Errors: invalid_argument.
result<void> check(const grover_search& search) {
  if (search.qubits == 0 || search.qubits > most_qubits)
    return fail(errc::invalid_argument, std::to_string(search.qubits) + " qubits", "1 to 20", "qubits");
  const std::uint32_t states = 1u << search.qubits;
  auto sorted = search.marked;
  std::ranges::sort(sorted);
  const bool twice = std::ranges::adjacent_find(sorted) != sorted.end();
  if (sorted.empty() || sorted.size() >= states || sorted.back() >= states || twice)
    return fail(errc::invalid_argument, "the marked states do not suit " + std::to_string(states) + " states",
                "distinct, at least one, fewer than all, counted from 0", "marked");
  return {};
}

}  // namespace

double grover_closed_form(double states, double marked, std::uint32_t iterations) {
  const double angle = std::asin(std::sqrt(marked / states));
  const double sine = std::sin((2.0 * iterations + 1) * angle);
  return sine * sine;
}

std::uint32_t iterations_of(const grover_search& search) noexcept {
  if (search.iterations != 0) return search.iterations;
  const double angle = std::asin(std::sqrt(static_cast<double>(search.marked.size()) / std::exp2(search.qubits)));
  return static_cast<std::uint32_t>(std::max(1.0, std::floor(std::numbers::pi / (4 * angle))));
}

result<grover_report> run_grover(const grover_search& search, watcher* by) {
  if (auto checked = check(search); !checked) return fail(checked.error());
  state_vector state{search.qubits};
  const auto states = static_cast<double>(state.size());
  const auto marked = static_cast<double>(search.marked.size());
  grover_report report;
  report.iterations = iterations_of(search);
  report.closed_form = grover_closed_form(states, marked, report.iterations);
  apply_to_all(gate_kind::h, state);
  for (std::uint32_t i = 0; i < report.iterations; ++i) {
    for (const std::uint32_t basis : search.marked) scale_where(state, state.size() - 1, basis, -1.0);
    diffuse(state);
    if (auto more = step_done(by, i + 1, report.iterations, "iterations"); !more) return fail(std::move(more.error()));
  }
  for (const std::uint32_t basis : search.marked) report.success += state.probability(basis);
  return report;
}

}  // namespace dunlin::flight::quantum

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/watcher.hpp"

namespace dunlin::flight::quantum {

/// A search for marked basis states among all of a register.
struct grover_search {
  std::uint32_t qubits = 12;               ///< 1 to 20
  std::vector<std::uint32_t> marked = {};  ///< distinct basis states, fewer than all
  std::uint32_t iterations = 0;            ///< 0: as many as bring success nearest to 1
  static auto fields(auto& s) { return std::tie(s.qubits, s.marked, s.iterations); }
};

/// What the simulated register shows after the search.
struct grover_report {
  std::uint32_t iterations = 0;
  double success = 0;      ///< probability of measuring a marked state
  double closed_form = 0;  ///< the same by theory
  static auto fields(auto& r) { return std::tie(r.iterations, r.success, r.closed_form); }
};

/// Returns sin²((2k + 1) θ) with sin θ = √(marked / states). Source: Boyer, Brassard, Høyer, Tapp,
/// "Tight bounds on quantum searching", section 3.
double grover_closed_form(double states, double marked, std::uint32_t iterations);

/// Returns how many iterations a search makes: those asked for, else as many as bring success nearest to 1.
std::uint32_t iterations_of(const grover_search& search) noexcept;

/// Runs the search gate by gate. `by` may be null; it hears of each iteration. Errors: invalid_argument
/// (qubits, a marked state out of range or given twice, none or all marked), cancelled. Thread: any.
result<grover_report> run_grover(const grover_search& search, watcher* by = nullptr);

}  // namespace dunlin::flight::quantum

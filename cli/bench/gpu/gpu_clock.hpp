// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <utility>

#include "cli/bench/report.hpp"
#include "coordination/result.hpp"

namespace dunlin::bench {

using gpu_call = std::function<result<void>()>;

/// Returns the seconds that one `put` takes, which tells a GPU something to do and does not wait, from the first to the
/// end of `finish`, which waits for all. Repeats until the clock's own doubts are lost in `least` seconds. The first
/// one does not count: libraries load their code with it.
inline result<double> seconds_of(double least, const gpu_call& put, const gpu_call& finish) {
  using clock_type = std::chrono::steady_clock;
  for (const auto* warm : {&put, &finish})
    if (auto done = (*warm)(); !done) return fail(std::move(done.error()));
  for (unsigned runs = 1;; runs *= 2) {
    const auto from = clock_type::now();
    for (unsigned i = 0; i < runs; ++i)
      if (auto done = put(); !done) return fail(std::move(done.error()));
    if (auto done = finish(); !done) return fail(std::move(done.error()));
    const double took = std::chrono::duration<double>(clock_type::now() - from).count();
    if (took >= least) return took / runs;
  }
}

/// Lets a measurement that can fail stand where a number is wanted.
class first_failure {
 public:
  double operator()(result<double> measured) {
    if (measured) return *measured;
    if (!why_) why_ = std::move(measured.error());
    return 0;
  }
  /// Returns the first failure there was.
  [[nodiscard]] result<void> outcome() const {
    if (!why_) return {};
    return fail(error{*why_});
  }

 private:
  std::optional<error> why_;
};

/// Adds a figure that is the ratio of two medians, as readers look for it.
inline void add_ratio(bench_report& out, std::string name, const comparison& sides, std::string note) {
  figure added;
  added.name = std::move(name);
  added.value = spread_of(sides.ours).median / spread_of(sides.baseline).median;
  added.noise = sides.noise();
  added.note = std::move(note);
  out.figures.push_back(std::move(added));
}

}  // namespace dunlin::bench

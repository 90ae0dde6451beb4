// SPDX-License-Identifier: Apache-2.0
// What `dunlin bench NAME` prints: one JSON object of figures, each beside the baseline of the same run.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/bench/machine.hpp"
#include "cli/bench/samples.hpp"

namespace dunlin::bench {

/// An A/A ratio further than this from 1 makes a run too noisy to compare.
inline constexpr double noise_limit = 0.10;

/// One measured number. Fields without a value are left out of the JSON.
struct figure {
  std::string name;  ///< stable: readers compare it between versions
  double value = 0;  ///< the median
  std::string unit;
  std::string baseline;         ///< name of the figure measured beside it; empty = none
  std::optional<double> ratio;  ///< value ÷ baseline
  std::optional<double> min;
  std::optional<double> max;
  std::optional<double> upper95;  ///< what the value is below with a confidence of 95 %
  std::optional<double> noise;    ///< A/A ratio
  std::string note;               ///< the swept point reported, or why the figure is weak
};

/// A figure that could not be measured here, and why: never shown as a number.
struct missing_figure {
  std::string name;
  std::string why;
};

struct bench_report {
  std::string bench;
  machine_facts machine;
  std::vector<figure> figures;
  std::vector<missing_figure> missing;
  std::vector<std::string> notes;  ///< sentences for the reader, such as that the run was noisy
};

/// Returns an empty report of `bench` on this machine.
[[nodiscard]] bench_report begin_report(std::string bench);

/// Returns the figure of `samples` alone, with their spread.
[[nodiscard]] figure make_figure(std::string name, std::string unit, const std::vector<double>& samples);

/// Appends both sides of `sides`: `name` with its ratio and noise, and `baseline` itself. A run that was too noisy
/// says so in the notes.
void add_comparison(bench_report& out, const std::string& name, const std::string& baseline, const std::string& unit,
                    const comparison& sides);

/// Returns the report as one JSON object, schema 1. A value that is not finite becomes null.
[[nodiscard]] std::string to_json(const bench_report& report);

}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
// A mixed load on one device, under one pattern or under automatic choice, and what it came to.
#pragma once

#include <iosfwd>
#include <map>
#include <string>
#include <vector>

#include "coordination/sharing/automatic/pattern_chooser.hpp"
#include "tests/coordination/sharing/automatic/mixed_load.hpp"

namespace dunlin::sim {

struct mixed_outcome {
  double slowdown = 1;  ///< the agents' weighted geometric mean
  std::uint64_t steps = 0;
  std::uint64_t failures = 0;
  std::vector<std::pair<duration, sharing_pattern>> switches;  ///< since the start
  std::string why;                                             ///< what the chooser says in the end
};

mixed_outcome run_fixed(const mixed_load& load, sharing_pattern pattern);
mixed_outcome run_automatic(const mixed_load& load);

/// A load under every fixed pattern and under automatic choice.
struct comparison {
  std::string name;
  std::map<sharing_pattern, double> fixed;
  mixed_outcome automatic;

  [[nodiscard]] double best() const;
  [[nodiscard]] double worst() const;

  /// Returns how far automatic choice is behind the best fixed pattern: 0.05 = 5 % slower, negative = faster.
  [[nodiscard]] double behind() const { return automatic.slowdown / best() - 1; }
};

comparison compare(const mixed_load& load);
void print_head(std::ostream& out);
void print(std::ostream& out, const comparison& one);

}  // namespace dunlin::sim

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// What is expected of one pattern.
struct pattern_outlook {
  sharing_pattern pattern = sharing_pattern::any;
  double slowdown = 0;  ///< weighted geometric mean over the agents; 0 = the pattern cannot be used here
  static auto fields(auto& m) { return std::tie(m.pattern, m.slowdown); }
  friend bool operator==(const pattern_outlook&, const pattern_outlook&) = default;
};

/// Why a device in automatic mode is shared as it is, in words; empty where an operator chose the pattern.
struct choice_view {
  bool automatic = false;
  std::uint64_t switches = 0;                 ///< since automatic mode began
  std::string summary = {};                   ///< one sentence
  std::string change = {};                    ///< what would change it; empty if nothing
  std::vector<pattern_outlook> outlook = {};  ///< the best first; empty before the first look
  static auto fields(auto& m) { return std::tie(m.automatic, m.switches, m.summary, m.change, m.outlook); }
  friend bool operator==(const choice_view&, const choice_view&) = default;
};

}  // namespace dunlin

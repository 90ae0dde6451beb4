// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "coordination/result.hpp"
#include "examples/flight/retrieval/passage.hpp"

namespace dunlin::flight::retrieval {

/// The claim that a passage stands in its document and holds certain terms.
struct citation {
  passage cited;
  std::vector<std::string> terms;
  static auto fields(auto& c) { return std::tie(c.cited, c.terms); }
};

/// Cites `found` for the terms of `query` that it holds.
citation cite(std::string_view query, const passage& found);

/// Whether a citation is true, and what speaks against it.
struct verdict {
  bool holds = false;
  std::vector<std::string> missing;  ///< claimed terms that the passage does not hold
  std::string reason;                ///< empty when it holds
  static auto fields(auto& v) { return std::tie(v.holds, v.missing, v.reason); }
};

/// Reads the cited document anew and checks that the passage stands at its offset word for word, that it
/// holds every claimed term, and that these are at least `least_share` (0..1) of the query's terms.
/// Errors: not_found, too_large (the document). Thread: any; reads a file.
result<verdict> verify(std::string_view query, const citation& claim, double least_share = 0.5);

}  // namespace dunlin::flight::retrieval

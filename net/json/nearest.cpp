// SPDX-License-Identifier: Apache-2.0
#include "net/json/nearest.hpp"

#include <algorithm>
#include <vector>

namespace dunlin::json {

namespace {

constexpr std::size_t longest = 64;

std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::string_view nearest(std::string_view wanted, std::span<const std::string_view> candidates) {
  wanted = wanted.substr(0, longest);
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(2, wanted.size() / 2) + 1;
  for (const auto candidate : candidates) {
    const auto edits = edits_between(wanted, candidate.substr(0, longest));
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

std::string suggestion(std::string_view wanted, std::span<const std::string_view> candidates) {
  if (const auto best = nearest(wanted, candidates); !best.empty()) return "did you mean '" + std::string{best} + "'?";
  std::string out = "use one of:";
  for (const auto candidate : candidates) (out += ' ') += candidate;
  return out;
}

}  // namespace dunlin::json

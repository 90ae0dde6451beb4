// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/eligibility_class.hpp"

#include <algorithm>

namespace dunlin {

load_ladder& eligibility_class::ladder_of(std::uint16_t breadth) {
  auto at = std::ranges::lower_bound(tiers, breadth, {}, [](const auto& t) { return t->breadth; });
  if (at == tiers.end() || (*at)->breadth != breadth) {
    at = tiers.insert(at, std::make_unique<tier>());
    (*at)->breadth = breadth;
  }
  return (*at)->ladder;
}

member_number eligibility_class::least_loaded() const noexcept {
  auto best = load_ladder::levels;
  auto found = no_member;
  for (const auto& tier : tiers) {
    const auto lowest = tier->ladder.lowest();
    if (lowest >= best) continue;
    best = lowest;
    found = tier->ladder.front(lowest);
  }
  return found;
}

member_number eligibility_class::most_specialised() const noexcept {
  for (const auto& tier : tiers)
    if (const auto lowest = tier->ladder.lowest(); lowest < load_ladder::levels) return tier->ladder.front(lowest);
  return no_member;
}

std::uint64_t digest_of(worker_slot slot) noexcept {
  // Source: splitmix64, Steele, Lea and Flood, OOPSLA 2014.
  auto z = (std::uint64_t{slot} + 1) * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace dunlin

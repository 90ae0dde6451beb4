// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/extras.hpp"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

/// Fills those that name the same value; of several demands of one party the highest cap counts.
std::uint64_t give_to(std::span<const extra_demand> equals, std::span<vessel> all, std::uint64_t rest) {
  std::vector<vessel> some;
  std::vector<std::size_t> who;
  for (const auto& one : equals) {
    if (!who.empty() && who.back() == one.who) {
      some.back().cap = std::max(some.back().cap, one.cap);
      continue;
    }
    const auto& own = all[one.who];
    some.push_back({own.has, std::max(own.has, one.cap), own.pull});
    who.push_back(one.who);
  }
  rest = fill_fairly(some, rest);
  for (std::size_t i = 0; i < who.size(); ++i) all[who[i]].has = some[i].has;
  return rest;
}

}  // namespace

std::uint64_t give_by_value(std::span<vessel> oldest_first, std::vector<extra_demand> demands, std::uint64_t rest) {
  std::ranges::sort(demands, {}, [](const auto& one) { return std::tuple{~one.value, one.who, one.cap}; });
  for (auto from = demands.begin(); from != demands.end() && from->value > 0 && rest > 0;) {
    const auto to = std::find_if(from, demands.end(), [&](const auto& one) { return one.value != from->value; });
    rest = give_to({from, to}, oldest_first, rest);
    from = to;
  }
  return rest;
}

}  // namespace dunlin

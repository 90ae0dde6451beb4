// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_holder.hpp"

#include <algorithm>
#include <functional>

namespace dunlin {

namespace {

constexpr std::size_t most_named = 4;

}  // namespace

std::vector<memory_holder> by_bytes(std::vector<memory_holder> holders) {
  std::ranges::stable_sort(holders, std::greater{}, &memory_holder::bytes);
  return holders;
}

std::string named(const std::vector<memory_holder>& holders) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most_named, holders.size()); ++i)
    out += (i == 0 ? ": " : ", ") + holders[i].name + " has " + std::to_string(holders[i].bytes);
  if (holders.size() > most_named) out += ", " + std::to_string(holders.size() - most_named) + " others";
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/fair_division.hpp"

#include <algorithm>

namespace dunlin {

namespace {

// The level is what a pull of 1 is filled to, in 2^-23 parts: one step of it raises nobody by a whole part, and the
// highest level fills even a pull of 1 to the brim. Pulls are at most 2^20, so their product fits 64 bits.
constexpr unsigned level_bits = 23;
constexpr std::uint64_t highest_level = most_divided << level_bits;
constexpr std::uint32_t pull_of_one_weight = 1'024;
constexpr unsigned most_steps = 6;  // along the slope

std::uint64_t filled_to(const vessel& one, std::uint64_t level) noexcept {
  return std::max(one.has, std::min(one.cap, one.pull * level >> level_bits));
}

std::uint64_t needed_for(std::span<const vessel> all, std::uint64_t level) noexcept {
  std::uint64_t sum = 0;
  for (const auto& one : all) sum += filled_to(one, level) - one.has;
  return sum;
}

/// Returns by how many levels those that rise from `level` on take up `amount`, if nobody stops or joins.
std::uint64_t levels_for(std::span<const vessel> all, std::uint64_t level, std::uint64_t amount) noexcept {
  std::uint64_t pull = 0;
  for (const auto& one : all)
    if (const auto filled = one.pull * level >> level_bits; one.has <= filled && filled < one.cap) pull += one.pull;
  return (amount << level_bits) / std::max<std::uint64_t>(pull, 1);
}

/// Returns the highest level that `rest` suffices for; it does not for `highest_level`. What a level takes is nearly a
/// broken line, up to one part each below it: steps along its slope bound the level from both sides, halving does the
/// rest.
std::uint64_t level_for(std::span<const vessel> all, std::uint64_t rest) noexcept {
  std::uint64_t enough = 0;
  std::uint64_t needed = 0;
  std::uint64_t too_high = highest_level;
  for (unsigned turn = 0; too_high - enough > 1; ++turn) {
    auto step = (too_high - enough) / 2;
    if (turn < most_steps) step = levels_for(all, enough, rest - needed + (turn % 2 == 0 ? 0 : all.size()));
    const auto next = enough + std::clamp<std::uint64_t>(step, 1, too_high - enough - 1);
    const auto there = needed_for(all, next);
    if (there <= rest) {
      enough = next;
      needed = there;
    } else {
      too_high = next;
    }
  }
  return enough;
}

std::uint64_t raise_to(std::span<vessel> all, std::uint64_t level, std::uint64_t rest) noexcept {
  for (auto& one : all) {
    const auto more = std::min(rest, filled_to(one, level) - one.has);
    one.has += more;
    rest -= more;
  }
  return rest;
}

/// Returns all that each claims; none if that is more than there is.
std::vector<std::uint64_t> what_all_claim(std::span<const fair_claim> all, std::uint64_t total) {
  std::vector<std::uint64_t> out;
  out.reserve(all.size());
  for (const auto& one : all) {
    out.push_back(std::max({one.kept, one.guaranteed, one.least, one.most}));
    if (out.back() > total) return {};
    total -= out.back();
  }
  return out;
}

void raise_caps(std::span<vessel> all, std::span<const fair_claim> claims, std::uint64_t fair_claim::*tier) {
  for (std::size_t i = 0; i < all.size(); ++i) all[i].cap = std::max(all[i].has, claims[i].*tier);
}

}  // namespace

std::uint32_t pull_of(std::uint32_t weight, std::uint64_t most, std::uint64_t total,
                      std::uint32_t memory_ppm) noexcept {
  const auto compute_ppm = most * 1'000'000 / std::max<std::uint64_t>(total, 1);
  const auto dominant_ppm = std::max<std::uint64_t>({compute_ppm, memory_ppm, 1});
  const auto slowed = std::clamp(weight, 1U, 1'000U) * pull_of_one_weight * compute_ppm / dominant_ppm;
  return static_cast<std::uint32_t>(std::max<std::uint64_t>(slowed, 1));
}

std::uint32_t memory_ppm(std::uint64_t bytes, std::uint64_t of_bytes) noexcept {
  if (of_bytes == 0) return 0;
  return static_cast<std::uint32_t>(1e6 * static_cast<double>(std::min(bytes, of_bytes)) /
                                    static_cast<double>(of_bytes));
}

std::uint64_t fill_fairly(std::span<vessel> oldest_first, std::uint64_t rest) {
  const auto needed = needed_for(oldest_first, highest_level);
  if (needed == 0) return rest;
  if (needed <= rest) return raise_to(oldest_first, highest_level, rest);
  const auto level = level_for(oldest_first, rest);
  rest = raise_to(oldest_first, level, rest);
  return raise_to(oldest_first, level + 1, rest);  // by one part each, as far as they go
}

std::vector<vessel> meet_needs(std::span<const fair_claim> oldest_first, std::uint64_t total, std::uint64_t& rest) {
  std::vector<vessel> all;
  all.reserve(oldest_first.size());
  for (const auto& one : oldest_first)
    all.push_back({0, 0, pull_of(one.weight, std::max(one.most, one.kept), total, one.memory_ppm)});
  rest = total;
  for (const auto tier : {&fair_claim::kept, &fair_claim::guaranteed, &fair_claim::least}) {
    raise_caps(all, oldest_first, tier);
    rest = fill_fairly(all, rest);
  }
  return all;
}

std::vector<std::uint64_t> divide_fairly(std::span<const fair_claim> oldest_first, std::uint64_t total) {
  if (auto all_of_it = what_all_claim(oldest_first, total); !all_of_it.empty()) return all_of_it;
  std::uint64_t rest = 0;
  auto all = meet_needs(oldest_first, total, rest);
  raise_caps(all, oldest_first, &fair_claim::most);
  fill_fairly(all, rest);
  std::vector<std::uint64_t> out;
  out.reserve(all.size());
  for (const auto& one : all) out.push_back(one.has);
  return out;
}

}  // namespace dunlin

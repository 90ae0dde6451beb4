// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/page_map.hpp"

#include <algorithm>

namespace dunlin {

namespace {

/// Calls `with(word, mask)` for every word that `run` touches; the mask has the bits that are in the run.
template <class With>
void each_word(page_run run, With&& with) {
  for (auto at = run.first; at < run.end();) {
    const auto shift = at % 64;
    const auto bits = std::min<std::uint64_t>(64 - shift, run.end() - at);
    const auto mask = (bits == 64 ? ~0ULL : (1ULL << bits) - 1) << shift;
    with(at / 64, mask);
    at += bits;
  }
}

}  // namespace

std::uint64_t page_map::backed_of(page_run run) const noexcept {
  std::uint64_t out = 0;
  each_word(run, [&](std::uint64_t word, std::uint64_t mask) {
    out += static_cast<std::uint64_t>(std::popcount(words_[word] & mask));
  });
  return out;
}

void page_map::flip(page_run run) noexcept {
  each_word(run, [&](std::uint64_t word, std::uint64_t mask) { words_[word] ^= mask; });
}

void page_map::back(page_run run) noexcept {
  flip(run);
  backed_ += run.count;
}

void page_map::give_back(page_run run) noexcept {
  flip(run);
  backed_ -= run.count;
}

std::uint64_t page_map::find(std::uint64_t from, std::uint64_t end, bool backed) const noexcept {
  while (from < end) {
    const auto word = backed ? words_[from / 64] : ~words_[from / 64];
    const auto rest = word >> (from % 64);
    if (rest != 0) return std::min(end, from + static_cast<std::uint64_t>(std::countr_zero(rest)));
    from = (from / 64 + 1) * 64;
  }
  return end;
}

page_run page_map::next_run(page_run within, bool backed) const noexcept {
  const auto first = find(within.first, within.end(), backed);
  const auto end = find(first, within.end(), !backed);
  return {first, end - first};
}

}  // namespace dunlin

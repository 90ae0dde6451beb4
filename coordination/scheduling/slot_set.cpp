// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/slot_set.hpp"

#include <algorithm>
#include <bit>

namespace dunlin {

namespace {

constexpr std::size_t word_of(std::size_t bit) noexcept { return bit / 64; }
constexpr std::uint64_t mask_of(std::size_t bit) noexcept { return std::uint64_t{1} << (bit % 64); }

/// Returns the first set bit >= `bit`, or none.
std::optional<std::size_t> first_set(const std::vector<std::uint64_t>& words, std::size_t bit) noexcept {
  auto word = word_of(bit);
  if (word >= words.size()) return std::nullopt;
  auto rest = words[word] & (~std::uint64_t{0} << (bit % 64));
  while (rest == 0) {
    if (++word == words.size()) return std::nullopt;
    rest = words[word];
  }
  return word * 64 + static_cast<std::size_t>(std::countr_zero(rest));
}

bool all_zero(const std::vector<std::uint64_t>& words, std::size_t from) noexcept {
  return std::all_of(words.begin() + static_cast<std::ptrdiff_t>(from), words.end(), [](auto w) { return w == 0; });
}

}  // namespace

void slot_set::insert(worker_slot slot) {
  const auto word = word_of(slot);
  if (word >= words_.size()) {
    words_.resize(word + 1);
    summary_.resize(word_of(word) + 1);
  }
  if ((words_[word] & mask_of(slot)) != 0) return;
  words_[word] |= mask_of(slot);
  summary_[word_of(word)] |= mask_of(word);
  ++size_;
}

void slot_set::erase(worker_slot slot) noexcept {
  if (!contains(slot)) return;
  const auto word = word_of(slot);
  words_[word] &= ~mask_of(slot);
  if (words_[word] == 0) summary_[word_of(word)] &= ~mask_of(word);
  --size_;
}

bool slot_set::contains(worker_slot slot) const noexcept {
  const auto word = word_of(slot);
  return word < words_.size() && (words_[word] & mask_of(slot)) != 0;
}

std::optional<worker_slot> slot_set::next_from(worker_slot slot) const noexcept {
  const auto word = word_of(slot);
  if (word >= words_.size()) return std::nullopt;
  const auto rest = words_[word] & (~std::uint64_t{0} << (slot % 64));
  if (rest != 0) return static_cast<worker_slot>(word * 64 + static_cast<std::size_t>(std::countr_zero(rest)));
  const auto next = first_set(summary_, word + 1);
  if (!next) return std::nullopt;
  return static_cast<worker_slot>(*next * 64 + static_cast<std::size_t>(std::countr_zero(words_[*next])));
}

bool operator==(const slot_set& a, const slot_set& b) noexcept {
  if (a.size_ != b.size_) return false;
  const auto common = std::min(a.words_.size(), b.words_.size());
  return std::equal(a.words_.begin(), a.words_.begin() + static_cast<std::ptrdiff_t>(common), b.words_.begin()) &&
         all_zero(a.words_, common) && all_zero(b.words_, common);
}

}  // namespace dunlin

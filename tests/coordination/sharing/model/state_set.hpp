// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

namespace dunlin::model {

/// Millions of numbers below 2^64 - 1, in one piece of memory.
class state_set {
 public:
  [[nodiscard]] bool contains(std::uint64_t number) const { return slots_[slot_of(number)] != empty; }

  /// Returns false if it was there before.
  bool insert(std::uint64_t number) {
    auto& slot = slots_[slot_of(number)];
    if (slot != empty) return false;
    slot = number;
    if (++size_ * 2 > slots_.size()) grow();
    return true;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  static constexpr std::uint64_t empty = ~std::uint64_t{0};

  [[nodiscard]] std::size_t slot_of(std::uint64_t number) const {
    auto hash = number * 0x9e3779b97f4a7c15U;
    hash = (hash ^ (hash >> 32U)) * 0xbf58476d1ce4e5b9U;
    auto slot = (hash ^ (hash >> 29U)) & (slots_.size() - 1);
    while (slots_[slot] != empty && slots_[slot] != number) slot = (slot + 1) & (slots_.size() - 1);
    return slot;
  }

  void grow() {
    std::vector<std::uint64_t> before(slots_.size() * 2, empty);
    before.swap(slots_);
    for (const auto number : before)
      if (number != empty) slots_[slot_of(number)] = number;
  }

  std::vector<std::uint64_t> slots_ = std::vector<std::uint64_t>(std::size_t{1} << 16U, empty);
  std::size_t size_ = 0;
};

}  // namespace dunlin::model

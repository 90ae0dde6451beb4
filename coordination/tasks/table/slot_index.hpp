// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace dunlin {

/// Open-addressing map from a hash to the number of a slot; whoever owns the slots compares the keys. Eight bytes an
/// entry, at most half full (neighbouring ids stand together, see `hash_of`), linear probing, no tombstones: an erased
/// entry's followers move back.
class slot_index {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  /// Returns the slot with this hash for which `equal(slot)` holds, or `none`.
  template <class Equal>
  [[nodiscard]] std::uint32_t find(std::uint64_t hash, Equal&& equal) const {
    if (entries_.empty()) return none;
    const auto wanted = upper(hash);
    for (auto at = wanted & mask_; entries_[at].slot != none; at = (at + 1) & mask_)
      if (entries_[at].hash == wanted && equal(entries_[at].slot)) return entries_[at].slot;
    return none;
  }

  /// Has the cache fetch what `find` will read: in a large index each search waits for memory.
  void prefetch(std::uint64_t hash) const noexcept {
    if (!entries_.empty()) __builtin_prefetch(&entries_[upper(hash) & mask_]);
  }

  /// Returns a slot that most likely has this hash, without a look at the key, or `none`.
  [[nodiscard]] std::uint32_t guess(std::uint64_t hash) const noexcept {
    return find(hash, [](std::uint32_t) { return true; });
  }

  /// Adds an entry that is not there yet.
  void insert(std::uint64_t hash, std::uint32_t slot) {
    if ((size_ + 1) * 2 > entries_.size()) grow();
    place({slot, upper(hash)});
    ++size_;
  }

  /// Removes the entry if it is there.
  void erase(std::uint64_t hash, std::uint32_t slot) noexcept {
    if (entries_.empty()) return;
    auto at = upper(hash) & mask_;
    while (entries_[at].slot != slot) {
      if (entries_[at].slot == none) return;
      at = (at + 1) & mask_;
    }
    close_gap(at);
    --size_;
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  struct entry {
    std::uint32_t slot = none;
    std::uint32_t hash = 0;
  };

  static std::uint32_t upper(std::uint64_t hash) noexcept { return static_cast<std::uint32_t>(hash >> 32); }

  void place(entry added) noexcept {
    auto at = added.hash & mask_;
    while (entries_[at].slot != none) at = (at + 1) & mask_;
    entries_[at] = added;
  }

  void grow() {
    std::vector<entry> old(entries_.empty() ? 16 : entries_.size() * 2);
    std::swap(old, entries_);
    mask_ = static_cast<std::uint32_t>(entries_.size() - 1);
    for (const auto& each : old)
      if (each.slot != none) place(each);
  }

  /// Moves back every follower that may stand at or before the gap. Source: Knuth, TAOCP 3, 6.4, algorithm R.
  void close_gap(std::uint32_t gap) noexcept {
    for (auto at = (gap + 1) & mask_; entries_[at].slot != none; at = (at + 1) & mask_) {
      const auto home = entries_[at].hash & mask_;
      if (((at - home) & mask_) < ((at - gap) & mask_)) continue;
      entries_[gap] = entries_[at];
      gap = at;
    }
    entries_[gap] = entry{};
  }

  std::vector<entry> entries_;
  std::uint32_t mask_ = 0;
  std::size_t size_ = 0;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Private to the worker index.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <vector>

#include "coordination/scheduling/slot_set.hpp"

namespace dunlin {

class load_ladder;

/// Number of a class member in the index's pool.
using member_number = std::uint32_t;
inline constexpr member_number no_member = ~member_number{0};

/// A worker's place in one eligibility class, and its link in that class's ladder.
struct class_member {
  static constexpr std::uint16_t unlinked = 0xffff;

  load_ladder* ladder = nullptr;
  worker_slot worker = 0;
  std::uint32_t of_class = 0;
  member_number next_of_worker = no_member;
  member_number previous = no_member;
  member_number next = no_member;
  std::uint16_t level = unlinked;
};

using member_pool = std::vector<class_member>;

/// Members by fill level: a queue per level, and a bitmap of the levels that have any.
class load_ladder {
 public:
  static constexpr std::uint16_t levels = 256;

  load_ladder() noexcept { ends_.fill({no_member, no_member}); }

  /// Puts an unlinked member at the end of its level.
  void append(member_pool& pool, member_number number, std::uint16_t level) noexcept {
    auto& member = pool[number];
    auto& [first, last] = ends_[level];
    member.level = level;
    member.previous = last;
    member.next = no_member;
    (last == no_member ? first : pool[last].next) = number;
    last = number;
    used_[level / 64] |= std::uint64_t{1} << (level % 64);
  }

  /// Takes a linked member out.
  void remove(member_pool& pool, member_number number) noexcept {
    auto& member = pool[number];
    auto& [first, last] = ends_[member.level];
    (member.previous == no_member ? first : pool[member.previous].next) = member.next;
    (member.next == no_member ? last : pool[member.next].previous) = member.previous;
    if (first == no_member) used_[member.level / 64] &= ~(std::uint64_t{1} << (member.level % 64));
    member.level = class_member::unlinked;
  }

  /// Returns the lowest level that has a member, or `levels`.
  [[nodiscard]] std::uint16_t lowest() const noexcept {
    for (std::size_t word = 0; word < used_.size(); ++word)
      if (used_[word] != 0)
        return static_cast<std::uint16_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(used_[word])));
    return levels;
  }

  /// Returns who has stood at this level longest.
  [[nodiscard]] member_number front(std::uint16_t level) const noexcept { return ends_[level].first; }

 private:
  struct ends {
    member_number first;
    member_number last;
  };
  std::array<std::uint64_t, levels / 64> used_{};
  std::array<ends, levels> ends_;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// The open-addressing index against a plain map, with hashes that collide on purpose.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

#include "coordination/tasks/table/slot_index.hpp"
#include "coordination/tasks/table/task_slab.hpp"

namespace dunlin {
namespace {

/// Few different hashes, near each other and at both ends of the range, so that probes run into strangers and wrap.
std::uint64_t hash_of_key(std::uint32_t key) {
  const std::uint64_t home = key % 3 == 0 ? 0xffff'fffdU : key % 5;
  return home << 32;
}

RC_GTEST_PROP(SlotIndex, FindsWhatAMapFinds, (const std::vector<std::uint16_t>& words)) {
  slot_index index;
  std::set<std::uint32_t> model;
  for (const auto word : words) {
    const std::uint32_t key = word % 61;
    if (word & 0x8000U) {
      index.erase(hash_of_key(key), key);
      model.erase(key);
    } else if (model.insert(key).second) {
      index.insert(hash_of_key(key), key);
    }
    RC_ASSERT(index.size() == model.size());
    for (std::uint32_t each = 0; each < 61; ++each) {
      const auto found = index.find(hash_of_key(each), [&](std::uint32_t slot) { return slot == each; });
      RC_ASSERT(found == (model.contains(each) ? each : slot_index::none));
    }
  }
}

RC_GTEST_PROP(TaskSlab, NeverMixesUpTwoLivesOfASlot, (const std::vector<std::uint16_t>& words)) {
  task_slab slab;
  std::map<std::uint64_t, task_slot> living;
  std::vector<task_slot> gone;
  std::uint64_t next = 0;
  for (const auto word : words) {
    if (word % 3 != 0 || living.empty()) {
      const auto index = slab.take();
      slab[index].id = task_id{1, ++next};
      living.emplace(next, slab.slot_of(index));
    } else {
      const auto chosen = std::next(living.begin(), static_cast<std::ptrdiff_t>(word % living.size()));
      slab.give(chosen->second.index);
      gone.push_back(chosen->second);
      living.erase(chosen);
    }
    for (const auto& slot : gone) RC_ASSERT(!slab.holds(slot));
    for (const auto& [number, slot] : living) {
      RC_ASSERT(slab.holds(slot));
      RC_ASSERT(slab[slot.index].id.low == number);
    }
  }
}

TEST(TaskSlab, GrowsWithoutMovingItsRows) {
  task_slab slab;
  const auto first = slab.take();
  const auto* where = &slab[first];

  for (int i = 0; i < 5'000; ++i) slab.take();

  EXPECT_EQ(&slab[first], where);
  EXPECT_GE(slab.size(), 5'001U);
  EXPECT_FALSE(slab.holds({slab.size(), 0}));
}

}  // namespace
}  // namespace dunlin

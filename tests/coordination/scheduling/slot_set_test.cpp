// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/slot_set.hpp"

#include <gmock/gmock.h>

namespace dunlin {
namespace {

slot_set set_of(std::initializer_list<worker_slot> slots) {
  slot_set out;
  for (const auto slot : slots) out.insert(slot);
  return out;
}

TEST(SlotSet, FindsTheNextMemberAcrossWordsAndSummaries) {
  const auto set = set_of({0, 63, 64, 5'000, 99'999});

  EXPECT_EQ(set.next_from(0), 0U);
  EXPECT_EQ(set.next_from(1), 63U);
  EXPECT_EQ(set.next_from(64), 64U);
  EXPECT_EQ(set.next_from(65), 5'000U);
  EXPECT_EQ(set.next_from(5'001), 99'999U);
  EXPECT_EQ(set.next_from(100'000), std::nullopt);
  EXPECT_EQ(set.next_from(4'000'000), std::nullopt);
}

TEST(SlotSet, CountsEachMemberOnce) {
  auto set = set_of({7, 7, 8});
  EXPECT_EQ(set.size(), 2U);

  set.erase(7);
  set.erase(7);
  set.erase(12'345);

  EXPECT_EQ(set.size(), 1U);
  EXPECT_FALSE(set.contains(7));
  EXPECT_TRUE(set.contains(8));
}

TEST(SlotSet, EqualityIgnoresReservedMemory) {
  auto once_large = set_of({1, 9'000});
  once_large.erase(9'000);

  EXPECT_TRUE(once_large == set_of({1}));
  EXPECT_TRUE(set_of({1}) == once_large);
  EXPECT_FALSE(set_of({1}) == set_of({2}));
  EXPECT_FALSE(set_of({1}) == set_of({1, 9'000}));
}

TEST(SlotSet, VisitsInRisingOrder) {
  std::vector<worker_slot> seen;
  set_of({130, 2, 64, 65}).for_each([&](worker_slot slot) { seen.push_back(slot); });
  EXPECT_THAT(seen, testing::ElementsAre(2, 64, 65, 130));
}

}  // namespace
}  // namespace dunlin

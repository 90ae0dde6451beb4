// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/transfer_plan.hpp"

#include <gtest/gtest.h>

#include <map>
#include <tuple>

namespace dunlin {
namespace {

constexpr collective_kind every_kind[] = {collective_kind::all_reduce, collective_kind::reduce_scatter,
                                          collective_kind::all_gather, collective_kind::broadcast,
                                          collective_kind::barrier,    collective_kind::send};

TEST(TransferPlan, HasOneReceiveForEverySend) {
  for (const auto kind : every_kind) {
    for (std::uint32_t members = 2; members <= 9; ++members) {
      for (const std::uint64_t count : {0ULL, 1ULL, 5ULL, 100ULL, 1'001ULL}) {
        const collective_call call{kind, count, members - 1, 0};
        // lane, round, from, to -> elements; sends count up, receives down
        std::map<std::tuple<std::size_t, std::uint32_t, std::uint32_t, std::uint32_t>, std::pair<int, element_range>>
            pairs;
        for (std::uint32_t rank = 0; rank < members; ++rank) {
          const auto plan = plan_transfers(call, members, rank, 16);
          for (std::size_t lane = 0; lane < plan.size(); ++lane) {
            for (const auto& step : plan[lane]) {
              const auto from = step.is_send ? rank : step.peer;
              const auto to = step.is_send ? step.peer : rank;
              auto& [balance, range] = pairs[{lane, step.round, from, to}];
              EXPECT_TRUE(balance == 0 || range == step.range) << to_string(kind) << " " << members;
              range = step.range;
              balance += step.is_send ? 1 : -1;
            }
          }
        }
        for (const auto& [name, what] : pairs) EXPECT_EQ(what.first, 0) << to_string(kind) << " " << members;
      }
    }
  }
}

/// 2 (n - 1) / n of the buffer a member: the least there can be.
TEST(TransferPlan, MovesAnAllReducesElementsAsOftenAsTheyMust) {
  const auto plan = plan_transfers({collective_kind::all_reduce, 4'000}, 4, 2, 100);

  std::uint64_t sent = 0;
  for (const auto& lane : plan)
    for (const auto& step : lane) sent += step.is_send ? step.range.count : 0;

  EXPECT_EQ(sent, 2 * 3 * 1'000U);
  EXPECT_EQ(plan.size(), 10U);
}

TEST(TransferPlan, SendsWhatIsSmallThroughATree) {
  const auto root = plan_transfers({collective_kind::all_reduce, 16}, 6, 0, 16);
  const auto leaf = plan_transfers({collective_kind::all_reduce, 16}, 6, 5, 16);

  ASSERT_EQ(root.size(), 1U);
  EXPECT_EQ(root[0].size(), 6U);  // of three levels, both ways
  EXPECT_EQ(root[0][0], (transfer{0, 1, false, true, {0, 16}}));
  EXPECT_EQ(leaf[0], (std::vector<transfer>{{0, 4, true, false, {0, 16}}, {5, 4, false, false, {0, 16}}}));
  EXPECT_GT(plan_transfers({collective_kind::all_reduce, 17}, 6, 5, 16)[0].size(), 2U);
}

TEST(TransferPlan, BroadcastsWhatIsSmallFromAnyRoot) {
  for (std::uint32_t root = 0; root < 7; ++root) {
    std::size_t receives = 0;
    for (std::uint32_t rank = 0; rank < 7; ++rank) {
      const auto plan = plan_transfers({collective_kind::broadcast, 3, root}, 7, rank, 16);
      for (const auto& step : plan[0]) receives += step.is_send ? 0U : 1U;
    }
    EXPECT_EQ(receives, 6U);
  }
}

TEST(TransferPlan, AsksNothingOfAMemberAlone) {
  for (const auto kind : every_kind) EXPECT_TRUE(plan_transfers({kind, 100}, 1, 0, 16).empty());
}

TEST(TransferPlan, AsksNothingOfWhoHasNoPartInASend) {
  EXPECT_TRUE(plan_transfers({collective_kind::send, 100, 0, 2}, 4, 1, 16).empty());
  EXPECT_FALSE(plan_transfers({collective_kind::send, 100, 0, 2}, 4, 2, 16).empty());
}

TEST(TransferPlan, TellsEverybodyOfEverybodyInLogarithmicallyManyRounds) {
  EXPECT_EQ(plan_transfers({collective_kind::barrier}, 9, 0, 16)[0].size(), 2 * 4U);
  EXPECT_EQ(plan_transfers({collective_kind::barrier}, 8, 0, 16)[0].size(), 2 * 3U);
}

}  // namespace
}  // namespace dunlin

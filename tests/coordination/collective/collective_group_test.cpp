// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_group.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using kind = group_action::kind;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr time_point t0{1'000s};

/// Agents 1, 2 and 3, ten seconds.
struct three {
  explicit three(const collective_call& call, std::uint32_t least = 1)
      : group(collective_group::make(call, {{1}, {2}, {3}}, {10s, least}).value()) {
    group.start(t0, out);
  }
  /// Returns what the group said last; nothing else since.
  group_action said() {
    EXPECT_EQ(out.size(), 1U);
    auto last = out.empty() ? group_action{} : out.back();
    out.clear();
    return last;
  }
  collective_group group;
  std::vector<group_action> out;
};

TEST(CollectiveGroup, RefusesWhatCannotBe) {
  EXPECT_EQ(collective_group::make({collective_kind::barrier}, {}, {}).error().path, "members");
  EXPECT_EQ(collective_group::make({collective_kind::barrier}, {{1}, {2}, {1}}, {}).error().context,
            "agent 1 is named twice");
  EXPECT_EQ(collective_group::make({collective_kind::barrier}, {{1}}, {0s, 1}).error().path, "deadline");
}

TEST(CollectiveGroup, DeliversOnceEverybodyIsComplete) {
  three g{{collective_kind::all_reduce, 10}};
  EXPECT_EQ(g.said().what, kind::begin);
  g.group.on_complete({1}, 1, g.out);
  g.group.on_complete({1}, 1, g.out);
  g.group.on_complete({2}, 1, g.out);
  EXPECT_TRUE(g.out.empty());

  g.group.on_complete({3}, 1, g.out);

  EXPECT_EQ(g.said().what, kind::deliver);
  EXPECT_TRUE(g.group.is_over());
  EXPECT_EQ(g.group.next_tick(), std::nullopt);
}

TEST(CollectiveGroup, ByDefaultTheLastOneGoesOnAlone) {
  auto group = collective_group::make({collective_kind::all_reduce, 10}, {{1}, {2}, {3}}, {}).value();
  std::vector<group_action> out;
  group.start(t0, out);

  group.on_lost({2}, out);
  group.on_lost({3}, out);
  group.on_complete({1}, 3, out);

  EXPECT_EQ(out.back().what, kind::deliver);
  EXPECT_THAT(out.back().members, ElementsAre(agent_id{1}));
}

TEST(CollectiveGroup, BeginsAgainWithoutWhoIsLost) {
  three g{{collective_kind::all_reduce, 10}};
  g.out.clear();
  g.group.on_complete({1}, 1, g.out);

  g.group.on_lost({2}, g.out);

  const auto again = g.said();
  EXPECT_EQ(again.what, kind::begin);
  EXPECT_EQ(again.epoch, 2U);
  EXPECT_THAT(again.members, ElementsAre(agent_id{1}, agent_id{3}));
  g.group.on_complete({1}, 1, g.out);  // of the epoch before
  g.group.on_complete({3}, 2, g.out);
  EXPECT_TRUE(g.out.empty());
  g.group.on_complete({1}, 2, g.out);
  EXPECT_EQ(g.said().what, kind::deliver);
}

TEST(CollectiveGroup, DeliversWhatAllTheOthersHaveWhenTheLastOneIsLost) {
  three g{{collective_kind::broadcast, 10, 1}};
  g.out.clear();
  g.group.on_complete({1}, 1, g.out);
  g.group.on_complete({3}, 1, g.out);

  g.group.on_lost({2}, g.out);

  EXPECT_EQ(g.said().what, kind::deliver);
}

TEST(CollectiveGroup, RanksFollowWhenOneIsCutOut) {
  three g{{collective_kind::broadcast, 10, 2}};
  g.out.clear();

  g.group.on_lost({1}, g.out);

  EXPECT_EQ(g.said().what, kind::begin);
  EXPECT_EQ(g.group.call().root, 1U);
}

TEST(CollectiveGroup, FailsWithoutItsRoot) {
  three g{{collective_kind::broadcast, 10, 1}};
  g.out.clear();

  g.group.on_lost({2}, g.out);

  const auto said = g.said();
  EXPECT_EQ(said.what, kind::fail);
  EXPECT_EQ(said.why.code, errc::crashed);
  EXPECT_THAT(said.members, ElementsAre(agent_id{1}, agent_id{3}));
}

TEST(CollectiveGroup, FailsWhereEachMemberHasAPartOfTheResult) {
  for (const auto of : {collective_kind::reduce_scatter, collective_kind::all_gather}) {
    three g{{of, 10}};
    g.out.clear();
    g.group.on_lost({2}, g.out);
    EXPECT_EQ(g.said().what, kind::fail);
  }
}

TEST(CollectiveGroup, FailsWithFewerThanItNeeds) {
  three g{{collective_kind::all_reduce, 10}, 3};
  g.out.clear();

  g.group.on_lost({2}, g.out);

  EXPECT_EQ(g.said().why.context, "agent 2 was lost; 2 members are left of at least 3");
}

TEST(CollectiveGroup, FailsForAllWhenOneCannotGoOn) {
  three g{{collective_kind::all_reduce, 10}};
  g.out.clear();

  g.group.on_failed({3}, error{errc::quota_exceeded, "no room for 40 bytes"}, g.out);

  const auto said = g.said();
  EXPECT_EQ(said.why, (error{errc::quota_exceeded, "agent 3: no room for 40 bytes"}));
  g.group.on_lost({2}, g.out);
  g.group.on_complete({1}, 1, g.out);
  EXPECT_TRUE(g.out.empty());
}

TEST(CollectiveGroup, EndsByItsDeadlineAndSaysWhoIsLate) {
  three g{{collective_kind::all_reduce, 10}};
  g.out.clear();
  g.group.on_complete({2}, 1, g.out);
  EXPECT_EQ(g.group.next_tick(), t0 + 10s);
  g.group.on_tick(t0 + 9s, g.out);
  EXPECT_TRUE(g.out.empty());

  g.group.on_tick(t0 + 10s, g.out);

  const auto said = g.said();
  EXPECT_EQ(said.why.code, errc::timeout);
  EXPECT_THAT(said.why.context, HasSubstr("agent 1, agent 3"));
}

TEST(CollectiveGroup, EndsWhenNobodyIsLeft) {
  three g{{collective_kind::barrier}};
  g.out.clear();
  g.group.on_lost({1}, g.out);
  g.group.on_lost({2}, g.out);
  g.out.clear();

  g.group.on_lost({3}, g.out);

  EXPECT_EQ(g.said().what, kind::fail);
}

TEST(CollectiveGroup, CutsOutWhoIsLostBeforeItBegins) {
  auto group = collective_group::make({collective_kind::all_reduce, 10}, {{1}, {2}, {3}}, {10s, 2}).value();
  std::vector<group_action> out;
  group.on_complete({1}, 0, out);
  group.on_tick(t0 + 60s, out);
  group.on_lost({2}, out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(group.next_tick(), std::nullopt);

  group.start(t0, out);

  ASSERT_EQ(out.size(), 1U);
  EXPECT_THAT(out[0].members, ElementsAre(agent_id{1}, agent_id{3}));
}

TEST(CollectiveGroup, NeedsTheMembersThatItNeeds) {
  EXPECT_EQ(collective_group::make({collective_kind::barrier}, {{1}, {2}}, {10s, 3}).error().path, "least_members");
}

TEST(CollectiveGroup, KnowsNoStrangers) {
  three g{{collective_kind::barrier}};
  g.out.clear();

  g.group.on_complete({9}, 1, g.out);
  g.group.on_lost({9}, g.out);
  g.group.on_failed({9}, error{errc::internal}, g.out);

  EXPECT_TRUE(g.out.empty());
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_member.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace dunlin {
namespace {

using kind = member_action::kind;

/// Member 1 of a ring of three, six elements in all, two a part.
collective_member middle() { return {{collective_kind::all_reduce, 6}, 7, 3, 1, 5}; }

chunk_name from_previous(std::uint32_t round) { return {7, 0, round, 0}; }

TEST(CollectiveMember, SendsItsPartFirst) {
  auto member = middle();
  std::vector<member_action> out;

  member.start(out);

  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].what, kind::send);
  EXPECT_EQ(out[0].peer, 2U);
  EXPECT_EQ(out[0].range, (element_range{2, 2}));
  EXPECT_EQ(out[0].name, (chunk_name{7, 0, 0, 1}));
}

TEST(CollectiveMember, CombinesThenSendsOn) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);
  out.clear();

  ASSERT_TRUE(member.on_chunk(from_previous(0), 2, out));

  ASSERT_EQ(out.size(), 2U);
  EXPECT_EQ(out[0].what, kind::combine);
  EXPECT_EQ(out[0].range, (element_range{0, 2}));
  EXPECT_EQ(out[1].what, kind::send);
  EXPECT_EQ(out[1].range, (element_range{0, 2}));
}

TEST(CollectiveMember, SaysBeforehandWhereAMessageBelongs) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);

  const auto first = member.landing(from_previous(0), 2);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->what, kind::combine);
  EXPECT_EQ(first->range, (element_range{0, 2}));
  EXPECT_EQ(member.landing(from_previous(1), 2)->what, kind::hold);
  EXPECT_EQ(member.landing(from_previous(0), 3).error().code, errc::protocol_violation);
  EXPECT_EQ(member.landing({6, 0, 0, 0}, 2).error().code, errc::fenced_off);

  ASSERT_TRUE(member.on_chunk(from_previous(0), 2, out));
  EXPECT_EQ(member.landing(from_previous(0), 2).error().code, errc::protocol_violation);
  EXPECT_NE(member.landing(from_previous(1), 2)->what, kind::hold);
}

TEST(CollectiveMember, HoldsWhatComesBeforeItsTurn) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);
  out.clear();

  ASSERT_TRUE(member.on_chunk(from_previous(1), 2, out));
  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].what, kind::hold);
  out.clear();

  ASSERT_TRUE(member.on_chunk(from_previous(0), 2, out));
  ASSERT_EQ(out.size(), 4U);
  EXPECT_EQ(out[2].what, kind::combine);
  EXPECT_EQ(out[2].name, from_previous(1));
}

TEST(CollectiveMember, TellsOnceThatItIsComplete) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);
  for (std::uint32_t round = 0; round < 4; ++round) {
    EXPECT_FALSE(member.is_complete());
    ASSERT_TRUE(member.on_chunk(from_previous(round), 2, out));
  }

  EXPECT_TRUE(member.is_complete());
  EXPECT_EQ(out.back().what, kind::complete);
  EXPECT_EQ(std::count_if(out.begin(), out.end(), [](const auto& one) { return one.what == kind::complete; }), 1);
}

TEST(CollectiveMember, RefusesWhatNobodyWasToSend) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);
  out.clear();

  EXPECT_EQ(member.on_chunk({6, 0, 0, 0}, 2, out).error().code, errc::fenced_off);
  EXPECT_EQ(member.on_chunk({7, 9, 0, 0}, 2, out).error().code, errc::protocol_violation);
  EXPECT_EQ(member.on_chunk({7, 0, 9, 0}, 2, out).error().code, errc::protocol_violation);
  EXPECT_EQ(member.on_chunk({7, 0, 0, 2}, 2, out).error().code, errc::protocol_violation);
  EXPECT_EQ(member.on_chunk(from_previous(0), 3, out).error().context,
            "lane 0, round 0 from member 0 has 3 elements, not 2");
  EXPECT_TRUE(out.empty());

  ASSERT_TRUE(member.on_chunk(from_previous(0), 2, out));
  EXPECT_EQ(member.on_chunk(from_previous(0), 2, out).error().code, errc::protocol_violation);
  ASSERT_TRUE(member.on_chunk(from_previous(2), 2, out));
  EXPECT_EQ(member.on_chunk(from_previous(2), 2, out).error().code, errc::protocol_violation);
}

TEST(CollectiveMember, SaysForWhomItWaits) {
  auto member = middle();
  std::vector<member_action> out;
  member.start(out);

  EXPECT_EQ(member.waits_for(), std::set<std::uint32_t>{0});
}

TEST(CollectiveMember, AloneIsCompleteAtOnce) {
  collective_member member{{collective_kind::all_reduce, 6}, 1, 1, 0, 100};
  std::vector<member_action> out;

  member.start(out);

  ASSERT_EQ(out.size(), 1U);
  EXPECT_EQ(out[0].what, kind::complete);
}

}  // namespace
}  // namespace dunlin

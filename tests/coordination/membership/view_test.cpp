// SPDX-License-Identifier: Apache-2.0
#include "coordination/membership/view.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/membership/view_support.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;

TEST(MembershipView, JoinedNodeTakesWork) {
  watched_view some;
  EXPECT_EQ(some.join("a", first_life, t0), join_kind::fresh);
  EXPECT_TRUE(some.view.find("a")->takes_work());
  EXPECT_EQ(some.view.find("b"), nullptr);
  EXPECT_EQ(some.view.list().size(), 1U);
}

TEST(MembershipView, SilenceMakesSuspectAtOneSecondAndDownAtTwoAndAHalf) {
  watched_view some;
  some.join("a", first_life, t0);

  some.pass(t0 + 750ms);
  EXPECT_EQ(some.said(), "");
  some.pass(t0 + 1s);
  EXPECT_EQ(some.said(), "suspect a");
  EXPECT_FALSE(some.view.find("a")->takes_work());
  some.pass(t0 + 2'250ms);
  EXPECT_EQ(some.said(), "") << "suspicion is said once";
  some.pass(t0 + 2'500ms);
  EXPECT_EQ(some.said(), "down a");
  some.pass(t0 + 10s);
  EXPECT_EQ(some.said(), "");
}

TEST(MembershipView, ASignOfLifeBringsASuspectBack) {
  watched_view some;
  some.join("a", first_life, t0);
  some.pass(t0 + 2s);

  ASSERT_TRUE(some.heard("a", first_life, t0 + 2s).has_value());

  EXPECT_EQ(some.said(), "back a");
  EXPECT_TRUE(some.view.find("a")->takes_work());
  some.pass(t0 + 2'750ms);
  EXPECT_EQ(some.said(), "");
}

TEST(MembershipView, HeartbeatsKeepANodeAlive) {
  watched_view some;
  some.join("a", first_life, t0);
  for (auto at = t0; at < t0 + 10s; at += 250ms) {
    ASSERT_TRUE(some.heard("a", first_life, at).has_value());
    some.pass(at);
    ASSERT_EQ(some.said(), "");
  }
}

TEST(MembershipView, SecondLiveNodeOfTheNameIsRefusedInWords) {
  watched_view some;
  some.join("a", first_life, t0);

  const auto refused = some.join("a", second_life, t0 + 100ms);

  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, errc::duplicate_name);
  EXPECT_THAT(refused.error().context, HasSubstr("a node called 'a' is alive, heard 100 ms ago"));
  EXPECT_THAT(refused.error().hint, HasSubstr("another name"));
  EXPECT_EQ(some.said(), "");
  EXPECT_EQ(some.view.find("a")->life, first_life);
}

TEST(MembershipView, RestartedNodeFencesItsOldLifeAtOnce) {
  watched_view some;
  some.join("a", first_life, t0);
  some.view.connection_lost("a", first_life);

  EXPECT_EQ(some.join("a", second_life, t0 + 50ms), join_kind::replaced);

  ASSERT_EQ(some.said(), "down a");
  EXPECT_EQ(std::get<node_down>(some.out.front()).life, first_life);
  EXPECT_EQ(some.view.find("a")->life, second_life);
  EXPECT_EQ(some.heard("a", first_life, t0 + 60ms).error().code, errc::fenced_off);
  EXPECT_TRUE(some.heard("a", second_life, t0 + 60ms).has_value());
}

TEST(MembershipView, SilentNodeDoesNotKeepItsName) {
  watched_view some;
  some.join("a", first_life, t0);
  EXPECT_EQ(some.join("a", second_life, t0 + 1s), join_kind::replaced);
}

TEST(MembershipView, SameLifeRejoinsOverANewConnection) {
  watched_view some;
  some.join("a", first_life, t0);
  some.view.drain("a");
  some.view.connection_lost("a", first_life);
  EXPECT_FALSE(some.view.find("a")->connected);
  some.pass(t0 + 1s);

  EXPECT_EQ(some.join("a", first_life, t0 + 1'100ms), join_kind::rejoined);

  EXPECT_EQ(some.said(), "back a");
  EXPECT_TRUE(some.view.find("a")->connected);
  EXPECT_TRUE(some.view.find("a")->draining) << "a new connection does not end a drain";
}

TEST(MembershipView, ResetAloneIsNotTheEndButWithAFailedRedialItIs) {
  watched_view some;
  some.join("a", first_life, t0);
  some.view.redial_failed("a", first_life, "refused", some.out);
  EXPECT_EQ(some.said(), "") << "a connected node is not judged by a redial";

  some.view.connection_lost("a", first_life);
  EXPECT_EQ(some.state("a"), node_state::alive);
  EXPECT_FALSE(some.view.find("a")->takes_work());
  some.view.redial_failed("a", first_life, "connection refused", some.out);

  ASSERT_EQ(some.said(), "down a");
  EXPECT_THAT(std::get<node_down>(some.out.front()).reason, HasSubstr("connection refused"));
}

TEST(MembershipView, NewsOfAnOldLifeChangeNothing) {
  watched_view some;
  some.join("a", first_life, t0);
  some.view.connection_lost("a", first_life);
  some.join("a", second_life, t0);
  some.out.clear();

  some.view.connection_lost("a", first_life);
  some.view.redial_failed("a", first_life, "refused", some.out);
  some.view.leaving("a", first_life, "bye", some.out);

  EXPECT_EQ(some.said(), "");
  EXPECT_TRUE(some.view.find("a")->takes_work());
}

TEST(MembershipView, LeavingOnPurposeIsNotDown) {
  watched_view some;
  some.join("a", first_life, t0);
  some.view.leaving("a", first_life, "the operator stopped it", some.out);

  EXPECT_EQ(some.said(), "left a");
  EXPECT_EQ(some.state("a"), node_state::left);
  some.pass(t0 + 10s);
  EXPECT_EQ(some.said(), "");
  EXPECT_EQ(some.join("a", second_life, t0 + 10s), join_kind::fresh);
}

TEST(MembershipView, DeclaredDownHasToJoinAgain) {
  watched_view some;
  some.join("a", first_life, t0);
  some.pass(t0 + 3s);

  const auto late = some.heard("a", first_life, t0 + 3s);
  EXPECT_EQ(late.error().code, errc::fenced_off);
  EXPECT_EQ(late.error().hint, "join again");
  EXPECT_EQ(some.join("a", first_life, t0 + 3s), join_kind::fresh);
  EXPECT_EQ(some.heard("x", first_life, t0).error().code, errc::not_found);
}

TEST(MembershipView, DrainingNodeStaysAMemberWithoutWork) {
  watched_view some;
  some.join("a", first_life, t0);
  ASSERT_TRUE(some.view.drain("a").has_value());
  EXPECT_FALSE(some.view.find("a")->takes_work());
  EXPECT_TRUE(some.view.find("a")->is_member());
  EXPECT_EQ(some.view.drain("b").error().code, errc::not_found);
}

TEST(MembershipView, RefusesAJoinWithoutNameOrLife) {
  watched_view some;
  EXPECT_EQ(some.join("", first_life, t0).error().code, errc::invalid_argument);
  EXPECT_EQ(some.join("a b", first_life, t0).error().code, errc::invalid_argument);
  EXPECT_EQ(some.join("a", incarnation{}, t0).error().code, errc::invalid_argument);
}

TEST(MembershipView, RemembersOnlySoManyEndedNodes) {
  membership_timing timing;
  timing.max_remembered = 3;
  membership_view view{timing};
  membership_effects out;
  for (int i = 0; i < 10; ++i) {
    const auto name = "n" + std::to_string(i);
    ASSERT_TRUE(view.join(name, first_life, t0 + i * 1ms, out).has_value());
    view.leaving(name, first_life, "bye", out);
  }
  view.tick(t0 + 1s, out);

  EXPECT_EQ(view.list().size(), 3U);
  EXPECT_EQ(view.find("n6"), nullptr);
  EXPECT_NE(view.find("n9"), nullptr);
}

TEST(MembershipView, StatesHaveNames) {
  EXPECT_EQ(to_string(node_state::alive), "alive");
  EXPECT_EQ(to_string(node_state::left), "left");
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/gang/gang_story.hpp"

namespace dunlin {
namespace {

TEST(GangLease, AsksForOnePartAfterTheOtherInTheOrderOfTheDevices) {
  gang_story t({4, 0, 2});

  EXPECT_EQ(t.said(), "ask 0");
  t.granted(0);
  EXPECT_EQ(t.said(), "ask 2");
  t.granted(2);
  EXPECT_EQ(t.said(), "ask 4");
  EXPECT_EQ(t.gang->in_words(), "has devices 0, 2 and waits for device 4 (attempt 1 of 3)");
  t.granted(4);

  EXPECT_EQ(t.said(), "granted 0 2 4");
  EXPECT_EQ(t.gang->state(), gang_state::working);
  EXPECT_EQ(t.gang->next_deadline(), std::nullopt);
}

TEST(GangLease, AnIncompleteAttemptGivesBackWhatItHasAndBeginsAnewWithItsAge) {
  gang_story t({0, 1, 2});
  t.granted(0);
  t.granted(1);
  t.said();

  t.pass(10s - 1ns);
  EXPECT_EQ(t.said(), "");
  t.pass(1ns);

  EXPECT_EQ(t.said(), "no longer ask 2; return 1; return 0; ask 0 at 7") << "10 s are two steps of priority";
  EXPECT_EQ(t.gang->attempt(), 2U);
  EXPECT_EQ(t.gang->next_deadline(), t.now + 10s);
}

TEST(GangLease, AgeCountsForNoMoreThanTheHighestPriority) {
  gang_story t({0, 1}, 9);
  t.said();

  t.pass(10s);

  EXPECT_EQ(t.said(), "no longer ask 0; ask 0 at 10");
}

TEST(GangLease, IsRefusedAfterItsLastAttempt) {
  gang_story t({0, 1});
  t.granted(0);
  for (int i = 0; i < 2; ++i) t.pass(10s);
  t.said();

  t.pass(10s);

  EXPECT_EQ(t.said(), "no longer ask 0; refused: timeout");
  EXPECT_EQ(t.gang->state(), gang_state::ended);
  t.pass(100s);
  EXPECT_EQ(t.said(), "");
  EXPECT_EQ(t.gang->in_words(), "has ended");
}

TEST(GangLease, AGrantThatComesAfterTheGangGaveUpIsGivenBack) {
  gang_story t({0, 1});
  t.granted(0);
  t.pass(10s);
  t.said();

  t.granted(1);
  EXPECT_EQ(t.said(), "return 1");
  t.granted(0);
  EXPECT_EQ(t.said(), "ask 1 at 7") << "it waits for this one again, whichever request it answers";
  t.release();
  t.said();
  t.granted(1);

  EXPECT_EQ(t.said(), "return 1");
}

TEST(GangLease, APartThatCanNeverBeGrantedEndsItAtOnce) {
  for (const auto code : {errc::infeasible, errc::invalid_argument, errc::conflict, errc::not_found,
                          errc::not_supported, errc::device_lost}) {
    gang_story t({0, 1});
    t.granted(0);
    t.said();

    t.refused(1, code);

    EXPECT_EQ(t.said(), "return 0; refused: " + std::string{to_string(code)});
  }
}

TEST(GangLease, APartThatIsRefusedForNowIsTriedAgain) {
  gang_story t({0, 1});
  t.granted(0);
  t.said();

  t.refused(1, errc::overloaded);

  EXPECT_EQ(t.said(), "return 0; ask 0");
}

TEST(GangLease, ARevokedPartTakesTheOthersWithIt) {
  gang_story t({0, 1, 2});
  for (const std::uint64_t device : {0, 1, 2}) t.granted(device);
  t.said();

  t.revoked(1);

  EXPECT_EQ(t.said(), "return 2; return 0; lost by 1: lease_expired");
  EXPECT_EQ(t.gang->state(), gang_state::ended);
}

TEST(GangLease, APartThatIsRevokedWhileOthersAreMissingIsAskedForAgain) {
  gang_story t({0, 1, 2});
  t.granted(0);
  t.granted(1);
  t.said();

  t.revoked(0);

  EXPECT_EQ(t.said(), "no longer ask 2; return 1; ask 0");
  EXPECT_EQ(t.gang->state(), gang_state::gathering);
}

TEST(GangLease, ALostDeviceEndsItInEachState) {
  gang_story gathering({0, 1});
  gathering.granted(0);
  gathering.said();
  gathering.device_lost(1);
  EXPECT_EQ(gathering.said(), "return 0; refused: device_lost");

  gang_story working({0, 1});
  working.granted(0);
  working.granted(1);
  working.said();
  working.device_lost(0);
  EXPECT_EQ(working.said(), "return 1; lost by 0: device_lost");

  working.device_lost(1);
  EXPECT_EQ(working.said(), "") << "it has ended already";
}

TEST(GangLease, AParkedPartPausesItUntilItIsThereAgain) {
  gang_story t({0, 1});
  t.granted(0);
  t.granted(1);
  t.said();

  t.parked(0);
  t.parked(1);
  EXPECT_EQ(t.said(), "paused by 0");
  EXPECT_EQ(t.gang->state(), gang_state::paused);
  t.changed(0);
  EXPECT_EQ(t.said(), "") << "the other one is still missing";
  t.changed(1);

  EXPECT_EQ(t.said(), "resumed 0 1");
  EXPECT_EQ(t.gang->state(), gang_state::working);
}

TEST(GangLease, AChangedContractIsNoPause) {
  gang_story t({0, 1});
  t.granted(0);
  t.granted(1);
  t.said();

  t.changed(0);

  EXPECT_EQ(t.said(), "");
  t.release();
  EXPECT_EQ(t.said(), "return 1; return 0");
  EXPECT_EQ(std::as_const(*t.gang).state(), gang_state::ended);
}

TEST(GangLease, APauseHasAnEnd) {
  gang_story t({0, 1});
  t.granted(0);
  t.granted(1);
  t.parked(1);
  t.said();
  EXPECT_EQ(t.gang->next_deadline(), t.now + 60s);

  t.pass(60s);

  EXPECT_EQ(t.said(), "return 1; return 0; lost by 1: timeout");
}

TEST(GangLease, APartThatIsParkedWhileOthersAreMissingCountsAsMissing) {
  gang_story t({0, 1});
  t.granted(0);
  t.parked(0);
  t.granted(1);

  EXPECT_EQ(t.said(), "ask 0; ask 1");
  t.changed(0);
  EXPECT_EQ(t.said(), "granted 0 1");
}

TEST(GangLease, ARequestThatIsNoneIsRefusedByItsField) {
  const auto path_of = [](const gang_request& wanted, const gang_terms& terms = {}) {
    gang_effects out;
    const auto gang = gang_lease::make(wanted, terms, time_point{1s}, out);
    EXPECT_TRUE(out.empty());
    return gang ? "accepted" : std::string{to_string(gang.error().code)} + " " + gang.error().path;
  };
  const gang_request good{{7}, {{{0}}, {{1}}}, 5};
  auto nobody = good;
  nobody.holder = {};
  auto nothing = good;
  nothing.parts.clear();
  auto twice = good;
  twice.parts.push_back({{1}});
  auto urgent = good;
  urgent.priority = 11;

  EXPECT_EQ(path_of(nobody), "invalid_argument holder");
  EXPECT_EQ(path_of(nothing), "invalid_argument parts");
  EXPECT_EQ(path_of(twice), "invalid_argument parts[2].device");
  EXPECT_EQ(path_of(urgent), "invalid_argument priority");
  EXPECT_EQ(path_of(good, {0s}), "invalid_argument terms");
}

}  // namespace
}  // namespace dunlin

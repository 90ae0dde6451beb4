// SPDX-License-Identifier: Apache-2.0
// What all patterns have in common: parking, exchanging the rule, words for people.
#include "coordination/sharing/arbiter.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/leases/device_in_steps.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Arbiter, AHigherPriorityParksAHolderThatWorksInSteps) {
  device_in_steps some;
  some.ask(1, t0, 3);

  some.ask(2, t0 + 1s, 9);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
  EXPECT_THAT(some.shares.explain({1}, t0 + 1s)->summary, HasSubstr("is stopped between two steps"));
  EXPECT_THAT(some.shares.explain({1}, t0 + 1s)->waits_for, ElementsAre(agent_id{2}));
}

TEST(Arbiter, AParkedHolderGoesOnUnderAHigherToken) {
  device_in_steps some;
  some.ask(1, t0, 3);
  some.ask(2, t0 + 1s, 9);
  some.out.clear();

  ASSERT_TRUE(some.shares.release({2}, 2, t0 + 2s, some.out));

  ASSERT_THAT(some.said(), ElementsAre("changed 1"));
  const auto& changed = std::get<share_changed>(some.out[0]);
  EXPECT_EQ(changed.before, 1U);
  EXPECT_EQ(changed.contract.token, 3U);
  EXPECT_EQ(changed.contract.id, lease_id{1}) << "the lease is the same";
  EXPECT_EQ(some.shares.renew({1}, 1, t0 + 2s).error().code, errc::fenced_off);
  EXPECT_TRUE(some.shares.renew({1}, 3, t0 + 2s));
}

TEST(Arbiter, AParkedHolderStillHasToRenew) {
  device_in_steps some;
  some.ask(1, t0, 3);
  some.ask(2, t0 + 1s, 9);
  EXPECT_TRUE(some.shares.renew({2}, 2, t0 + 9s));
  some.out.clear();

  some.shares.tick(t0 + 10s, some.out);

  EXPECT_THAT(some.said(), ElementsAre("revoked 1"));
}

TEST(Arbiter, HoldersThatAreEqualTakeTheDeviceInTurnAfterTheirHold) {
  device_in_steps some;
  some.ask(1, t0);
  some.ask(2, t0);
  for (int second = 5; second < 60; second += 5) ASSERT_TRUE(some.shares.renew({1}, 1, t0 + second * 1s));
  ASSERT_EQ(some.shares.next_deadline(), t0 + 60s);
  some.out.clear();

  some.shares.tick(t0 + 60s, some.out);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2"));
}

TEST(Arbiter, ARuleIsExchangedAndEverybodyThatFitsGoesOn) {
  device_in_steps some;
  some.slice(t0);
  some.ask(1, t0, 5, {.compute_milli = 250, .memory_bytes = 300});
  some.ask(2, t0, 5, {.compute_milli = 500, .memory_bytes = 300});

  some.partition(t0 + 1s);

  EXPECT_THAT(some.said(), ElementsAre("changed 1", "changed 2"));
  const auto contracts = some.shares.contracts();
  ASSERT_EQ(contracts.size(), 2U);
  EXPECT_EQ(contracts[0].granted.units.size(), 1U);
  EXPECT_EQ(contracts[1].granted.units.size(), 2U);
  EXPECT_EQ(contracts[0].granted.memory_bytes, 300U);
  EXPECT_EQ(contracts[0].token, 3U);
  EXPECT_THAT(contracts[0].shared_with, IsEmpty());
  EXPECT_EQ(contracts[0].compute_enforcement, enforcement::hard);
}

TEST(Arbiter, WhoDoesNotFitUnderTheNewRuleIsParkedAndNotLost) {
  device_in_steps some;
  some.slice(t0);
  for (std::uint64_t agent = 1; agent <= 3; ++agent) some.ask(agent, t0);

  some.exchange(std::make_unique<exclusive>(small_config().capacity), t0 + 1s);
  EXPECT_THAT(some.said(), ElementsAre("parked 2", "parked 3", "changed 1"));

  some.slice(t0 + 2s);
  EXPECT_THAT(some.said(), ElementsAre("changed 1", "changed 2", "changed 3"));
}

TEST(Arbiter, AnExchangeProlongsNobodysHold) {
  device_in_steps some;
  some.ask(1, t0);
  some.ask(2, t0);
  for (int second = 5; second < 60; second += 5) ASSERT_TRUE(some.shares.renew({1}, 1, t0 + second * 1s));

  some.exchange(std::make_unique<exclusive>(small_config().capacity), t0 + 59s);
  EXPECT_THAT(some.said(), ElementsAre("changed 1"));
  some.out.clear();
  some.shares.tick(t0 + 60s, some.out);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "granted 2")) << "switching often must not starve who waits";
}

TEST(Arbiter, AfterAnExchangeEachKnowsAllItSharesWith) {
  device_in_steps some;
  some.partition(t0);
  some.ask(1, t0, 5, {.compute_milli = 250});
  some.ask(2, t0, 5, {.compute_milli = 250});

  some.slice(t0 + 1s);

  ASSERT_THAT(some.said(), ElementsAre("changed 1", "changed 2"));
  EXPECT_THAT(std::get<share_changed>(some.out[0]).contract.shared_with, ElementsAre(agent_id{2}));
  EXPECT_THAT(std::get<share_changed>(some.out[1]).contract.shared_with, ElementsAre(agent_id{1}));
}

TEST(Arbiter, AHolderThatWasRecalledMeanwhileChangesWhoElseMustGo) {
  device_in_steps some;
  some.partition(t0);
  share_request first{{1}, {1}, {.compute_milli = 500}, 3, true};
  share_request second{{2}, {2}, {.compute_milli = 500}, 3, false};
  share_request third{{3}, {3}, {.compute_milli = 1'000}, 9, true};
  for (const auto& asked : {first, second, third}) ASSERT_TRUE(some.shares.request(asked, t0, some.out));
  some.out.clear();

  ASSERT_TRUE(some.shares.revoke({2}, 2s, "an operator", t0 + 1s, some.out));

  EXPECT_THAT(some.said(), ElementsAre("recalled 2", "recalled 1"))
      << "both go at the same time, not one after the other";
}

TEST(Arbiter, ACloneGoesOnByItself) {
  device_in_steps some;
  some.slice(t0);
  some.ask(1, t0);
  some.ask(2, t0 + 1s);

  auto copy = some.shares.clone();
  ASSERT_TRUE(copy.release({1}, 1, t0 + 2s, some.out));

  EXPECT_EQ(copy.contracts().size(), 1U);
  EXPECT_EQ(some.shares.contracts().size(), 2U);
  EXPECT_TRUE(some.shares.renew({1}, 1, t0 + 2s));
}

TEST(Arbiter, TurnsAreCooperativeAndSayWithWhom) {
  device_in_steps some;
  some.slice(t0);
  some.ask(1, t0, 5, {.weight = 50});
  some.ask(2, t0);

  const auto contracts = some.shares.contracts();
  EXPECT_THAT(contracts[0].shared_with, ElementsAre(agent_id{2}));
  EXPECT_EQ(contracts[0].compute_enforcement, enforcement::cooperative);
  EXPECT_EQ(contracts[0].memory_enforcement, enforcement::none) << "it named no bytes";
  EXPECT_EQ(contracts[0].granted.quantum, 5ms);
  EXPECT_EQ(contracts[1].granted.quantum, 10ms);
}

TEST(Arbiter, BytesThatAreNotThereAreWaitedFor) {
  device_in_steps some;
  some.slice(t0);
  some.ask(1, t0, 5, {.memory_bytes = 700});
  some.ask(2, t0, 5, {.memory_bytes = 400});
  EXPECT_THAT(some.said(), IsEmpty());
  EXPECT_EQ(some.shares.conservation(t0), "");

  ASSERT_TRUE(some.shares.release({1}, 1, t0 + 1s, some.out));
  EXPECT_THAT(some.said(), ElementsAre("granted 2"));
}

TEST(Arbiter, ParkingFreesNoBytesSoWhoNeedsThemRecalls) {
  device_in_steps some;
  some.ask(1, t0, 2, {.memory_bytes = 700});

  some.ask(2, t0 + 1s, 9, {.memory_bytes = 400});

  EXPECT_THAT(some.said(), ElementsAre("recalled 1"));
}

TEST(Arbiter, OnlyAsManyMakeRoomAsMust) {
  device_in_steps some;
  some.partition(t0);
  for (std::uint64_t agent = 1; agent <= 4; ++agent)
    some.ask(agent, t0, static_cast<int>(agent), {.compute_milli = 250});

  some.ask(5, t0 + 1s, 9, {.compute_milli = 500});

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "parked 2", "granted 5"));
}

TEST(Arbiter, WhoNeedNotMakeRoomAfterAllIsSpared) {
  device_in_steps some;
  some.partition(t0);
  some.ask(1, t0, 1, {.compute_milli = 250});
  some.ask(2, t0, 2, {.compute_milli = 750});

  some.ask(3, t0 + 1s, 9, {.compute_milli = 750});

  EXPECT_THAT(some.said(), ElementsAre("parked 2", "granted 3"))
      << "the lowest priority comes first, and is not enough";
}

TEST(Arbiter, RefusesWishesThatContradictThemselves) {
  device_in_steps some;
  EXPECT_EQ(some.ask(1, t0, 5, {.compute_milli = 0}).error().path, "wish.compute_milli");
  EXPECT_EQ(some.ask(1, t0, 5, {.compute_milli = 500, .most_milli = 250}).error().path, "wish.most_milli");
  EXPECT_EQ(some.ask(1, t0, 5, {.most_milli = 1'001}).error().path, "wish.most_milli");
  EXPECT_EQ(some.ask(1, t0, 5, {.weight = 0}).error().path, "wish.weight");
  EXPECT_EQ(some.ask(1, t0, 5, {.weight = 1'001}).error().path, "wish.weight");
  EXPECT_THAT(some.shares.contracts(), IsEmpty());
}

TEST(TimeSliced, NoMoreTakeTurnsThanMay) {
  device_in_steps some;
  some.exchange(time_sliced::make(small_config().capacity, {10ms, 2}).value(), t0);
  for (std::uint64_t agent = 1; agent <= 3; ++agent) some.ask(agent, t0);
  EXPECT_THAT(some.said(), IsEmpty());
  EXPECT_THAT(some.shares.explain({3}, t0)->summary, HasSubstr("2 agents take turns, which is as many as may"));

  ASSERT_TRUE(some.shares.release({1}, 1, t0 + 1s, some.out));

  EXPECT_THAT(some.said(), ElementsAre("granted 3"));
}

TEST(TimeSliced, RefusesQuantaOutOfRange) {
  for (const duration wrong : {duration{0}, duration{999us}, duration{1'001ms}}) {
    const auto made = time_sliced::make(small_config().capacity, {wrong, 4});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().path, "quantum_ms");
  }
  EXPECT_EQ(time_sliced::make(small_config().capacity, {10ms, 0}).error().path, "most_holders");
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Shares that are reserved ahead of time: what is refused, switches, each pattern, explanations.
#include <gmock/gmock.h>

#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/patterns/fixed_partitions.hpp"
#include "coordination/sharing/pipeline/pipeline.hpp"
#include "tests/coordination/sharing/leases/reserving_device.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// -- what is refused

TEST_F(Reservation, ThatOverlapsAnotherIsRefusedAndOneAfterItIsNot) {
  ASSERT_TRUE(reserve(7, 10s, 20s));
  const auto overlaps = reserve(8, 19s, 30s);
  EXPECT_EQ(overlaps.error().code, errc::conflict);
  EXPECT_EQ(overlaps.error().path, "from");
  EXPECT_THAT(overlaps.error().context, HasSubstr("agent 7 (has reserved)"));
  EXPECT_EQ(reserve(8, 5s, 11s).error().code, errc::conflict) << "it begins before, and is still there then";
  EXPECT_TRUE(reserve(8, 20s, 30s));
  EXPECT_TRUE(reserve(9, 5s, 10s));
}

TEST_F(Reservation, BesideAHolderThatCannotBeSentAwayIsRefused) {
  run(1, 15s, t0);
  EXPECT_THAT(reserve(7, 10s, 20s).error().context, HasSubstr("agent 1 (holds)"));
  EXPECT_TRUE(reserve(7, 15s, 20s));
}

TEST_F(Reservation, NeedsTimesAndAShareThatCanBe) {
  EXPECT_EQ(reserve(0, 1s, 2s).error().path, "agent");
  EXPECT_EQ(reserve(7, -1s, 2s).error().path, "from");
  EXPECT_EQ(reserve(7, 2s, 2s).error().path, "until");
  EXPECT_EQ(reserve(7, 2s, std::chrono::hours{24 * 8}).error().path, "until");
  EXPECT_EQ(reserve(7, 1s, 2s, {.compute_milli = 0}).error().path, "wish.compute_milli");
  EXPECT_EQ(reserve(7, 1s, 2s, {.memory_bytes = 1'001}).error().code, errc::infeasible);
  EXPECT_EQ(some.shares.reserve({{7}, {}, t0, t0 + 1s, 0s}, t0, some.out).error().path, "claim_within");
  EXPECT_THAT(some.shares.reservations(), IsEmpty());
}

TEST_F(Reservation, ThereIsOneForAnAgentAndABoundedNumberForADevice) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 1s, 2s));
  EXPECT_EQ(reserve(7, 3s, 4s).error().path, "agent");
  for (std::uint64_t agent = 8; agent <= 22; ++agent) ASSERT_TRUE(reserve(agent, 1s, 2s));
  EXPECT_EQ(reserve(23, 1s, 2s).error().code, errc::overloaded);
}

// -- patterns

TEST_F(Reservation, HoldsAcrossASwitch) {
  some.slice(t0);
  some.ask(1, t0);
  some.ask(2, t0);
  ASSERT_TRUE(reserve(7, 2s, 30s, {.compute_milli = 500}));
  some.partition(t0 + 1s);

  some.ask(7, t0 + 2s, 1, {.compute_milli = 500});

  EXPECT_EQ(units_of(7), 2U);
}

TEST_F(Reservation, ThatIsClaimedIsPlacedFirstAfterASwitch) {
  some.slice(t0);
  some.ask(1, t0);
  ASSERT_TRUE(reserve(7, 0s, 30s));
  some.ask(7, t0, 1);

  some.exchange(std::make_unique<exclusive>(small_config().capacity), t0 + 1s);

  EXPECT_THAT(some.said(), ElementsAre("parked 1", "changed 7"));
}

TEST_F(Reservation, IsMetWithinTheGraceAfterASwitch) {
  some.exchange(collaborative::make(small_config().capacity, {}).value(), t0);
  ASSERT_TRUE(reserve(7, 0s, 30s, {.compute_milli = 500}));
  run(1, 3s, t0 + 1s);
  EXPECT_THAT(some.said(), ElementsAre("granted 1")) << "what it holds can be lowered";

  some.partition(t0 + 2s);
  some.ask(7, t0 + 3s, 5, {.compute_milli = 500});
  some.tick(t0 + 4s);

  EXPECT_EQ(units_of(7), 2U) << "the whole device of the other one cannot, so it was recalled in time";
}

TEST_F(Reservation, ThatCouldNotBeMetStandsAgainstASwitch) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 5s, 30s));
  ASSERT_TRUE(reserve(8, 6s, 30s));

  const auto checked = some.shares.check_switch(exclusive{small_config().capacity}, t0);

  EXPECT_EQ(checked.error().code, errc::conflict);
  EXPECT_THAT(checked.error().context, HasSubstr("exclusive cannot keep"));
}

TEST_F(Reservation, ThatIsAboutToEndStillStandsAgainstASwitch) {
  some.slice(t0);
  ASSERT_TRUE(reserve(7, 5s, 10s));
  ASSERT_TRUE(reserve(8, 9s, 30s));
  some.tick(t0 + 9s);
  EXPECT_EQ(some.shares.check_switch(exclusive{small_config().capacity}, t0 + 9s).error().code, errc::conflict);
  some.tick(t0 + 10s);
  EXPECT_TRUE(some.shares.check_switch(exclusive{small_config().capacity}, t0 + 10s));
}

TEST_F(Reservation, OfCollaborativeSharesLowersWhatOthersNegotiated) {
  some.exchange(collaborative::make(small_config().capacity, {}).value(), t0);
  some.ask(1, t0);
  some.ask(2, t0);
  ASSERT_TRUE(some.shares.settle(std::vector<allotment>{{{1}, 500}, {{2}, 500}}, t0, some.out));
  ASSERT_TRUE(reserve(7, 2s, 30s, {.compute_milli = 500}));

  some.ask(7, t0 + 2s, 5, {.compute_milli = 500});

  EXPECT_EQ(units_of(7), 2U);
  EXPECT_EQ(units_of(1), 1U);
  EXPECT_EQ(units_of(2), 1U);
  ASSERT_TRUE(some.shares.settle(std::vector<allotment>{{{1}, 1'000}}, t0 + 3s, some.out));
  EXPECT_EQ(units_of(7), 2U) << "no settlement takes it away";
}

TEST_F(Reservation, OfAFixedPartitionNeedsOneThatIsLargeEnoughWhereverTheOthersAre) {
  some.exchange(fixed_partitions::make(small_config().capacity, {1, 3}).value(), t0);
  ASSERT_TRUE(reserve(7, 5s, 30s, {.compute_milli = 750}));
  EXPECT_EQ(reserve(8, 5s, 30s, {.compute_milli = 250}).error().code, errc::conflict);
  run(1, 0s, t0, 250);
  EXPECT_THAT(some.said(), IsEmpty()) << "it could be given the large one and cannot be moved";
  run(2, 5s, t0, 250);
  EXPECT_THAT(some.said(), ElementsAre("granted 2"));
}

TEST_F(Reservation, OfAPlaceInTurnsIsKept) {
  for (auto make : {+[](const device_capacity& of) -> std::unique_ptr<share_rule> {
                      return time_sliced::make(of, {10ms, 2}).value();
                    },
                    +[](const device_capacity& of) -> std::unique_ptr<share_rule> {
                      return pipeline::make(of, {10ms, 2}).value();
                    }}) {
    device_in_steps turns;
    turns.exchange(make(small_config().capacity), t0);
    ASSERT_TRUE(turns.shares.reserve({{7}, {}, t0 + 5s, t0 + 30s, 5s}, t0, turns.out));
    ASSERT_TRUE(turns.ask(whole(1, 0s), t0));
    ASSERT_TRUE(turns.ask(whole(2, 0s), t0));
    EXPECT_THAT(turns.said(), IsEmpty());

    turns.ask(7, t0 + 5s);

    EXPECT_THAT(turns.said(), ElementsAre("granted 7"));
  }
}

// -- in words

TEST_F(Reservation, IsExplainedToWhoWaitsForItsEnd) {
  ASSERT_TRUE(reserve(7, 20s, 30s, {.compute_milli = 500}));
  run(1, 0s, t0);
  const auto words = some.shares.explain({1}, t0 + 5s).value();
  EXPECT_THAT(words.summary, HasSubstr("waits because agent 7 has reserved 500 milli from 15000 ms on, for 10000 ms"));
  EXPECT_EQ(words.change, "that reservation ends or is cancelled, or it asks for a hold of at most 15000 ms");
  EXPECT_THAT(words.waits_for, ElementsAre(agent_id{7}));
}

TEST_F(Reservation, IsExplainedToItsAgent) {
  ASSERT_TRUE(reserve(7, 5s, 30s));
  EXPECT_EQ(some.explained(7, t0), "agent 7 has reserved 1000 milli from 5000 ms on, for 25000 ms");
  some.ask(7, t0 + 5s);
  EXPECT_THAT(some.explained(7, t0 + 6s), HasSubstr("it had reserved that for 24000 ms more"));
}

}  // namespace
}  // namespace dunlin

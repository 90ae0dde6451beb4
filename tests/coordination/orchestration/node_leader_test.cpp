// SPDX-License-Identifier: Apache-2.0
// Task leases, and a leader that is lost and comes back: what is not renewed stops, what was not received is repeated.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

const node_dispatch_config quick{.lease = 10s, .renew_every = 2s};

task_spec patient_work() { return work().timeout(milliseconds{600'000}); }

TEST(NodeLease, IsRenewedForAllItHoldsWhileItHoldsAny) {
  node_story t(quick);
  t.agent();
  t.pass(5s, false);
  EXPECT_THAT(t.heard<lease_renewal>(), IsEmpty());
  t.grant({task(1), task(2)}, patient_work());

  t.pass(5s, false);

  const auto asked = t.heard<lease_renewal>();
  ASSERT_THAT(asked, SizeIs(3));
  EXPECT_THAT(asked[0].held, UnorderedElementsAre(task(1), task(2)));
  EXPECT_LT(asked[0].sequence, asked[1].sequence);
}

TEST(NodeLease, OfManyTasksIsRenewedInParts) {
  node_story t(quick);
  t.agent();
  std::vector<task_epoch> tasks;
  for (std::uint64_t i = 1; i <= 1'500; ++i) tasks.push_back(task(i));
  t.grant(tasks, patient_work());

  t.pass(100ms, false);

  const auto asked = t.heard<lease_renewal>();
  ASSERT_THAT(asked, SizeIs(2));
  EXPECT_THAT(asked[0].held, SizeIs(1'024));
  EXPECT_THAT(asked[1].held, SizeIs(476));
}

TEST(NodeLease, OfARunningTaskThatLapsesStopsItAtFourFifths) {
  node_story t(quick);
  t.agent();
  t.grant({task(1)}, patient_work());
  t.pass(7'900ms, false);
  EXPECT_THAT(t.stops, IsEmpty());

  t.pass(100ms, false);

  ASSERT_THAT(t.stops, SizeIs(1));
  EXPECT_EQ(t.stops[0].why, errc::lease_expired);
}

TEST(NodeLease, ThatIsRenewedGoesOn) {
  node_story t(quick);
  t.agent();
  t.grant({task(1)}, patient_work());

  t.pass(60s);

  EXPECT_THAT(t.stops, IsEmpty());
}

TEST(NodeLease, CountsFromTheSendingOfTheLastAnsweredRenewal) {
  node_story t(quick);
  t.agent();
  t.grant({task(1)}, patient_work());
  t.pass(100ms, false);
  const auto asked = t.heard<lease_renewal>();
  t.pass(5s, false);
  t.renewed(asked.at(0));  // a slow answer

  t.pass(2'900ms, false);
  EXPECT_THAT(t.stops, IsEmpty());
  t.pass(100ms, false);

  EXPECT_THAT(t.stops, SizeIs(1)) << "eight seconds after it was asked for";
}

TEST(NodeLease, ATaskThatMayCarryOnDoes) {
  node_story t(quick);
  t.agent();
  auto spec = patient_work();
  spec.shape.on_lapse = lapse_rule::carry_on;
  t.grant({task(1), task(2)}, spec);

  t.pass(60s, false);

  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_EQ(t.dispatch.queued(), 1U);
}

TEST(NodeLease, ATaskThatLapsesBeforeItBeganNeverBegins) {
  node_story t(quick);
  t.agent();
  t.grant({task(1), task(2)}, patient_work());
  const auto first = t.only_start();
  t.pass(7'900ms, false);
  EXPECT_EQ(t.dispatch.queued(), 1U);

  t.pass(100ms, false);
  t.finish(first, errc::cancelled);

  EXPECT_THAT(t.starts(), IsEmpty());
  const auto outcomes = t.outcomes();
  ASSERT_THAT(outcomes, SizeIs(2));
  for (const auto& outcome : outcomes) EXPECT_EQ(outcome.code, errc::lease_expired);
  EXPECT_THAT(t.dispatch.held(), IsEmpty());
}

TEST(NodeLease, ATaskThatArrivedLaterIsNotGivenUpWithTheOthers) {
  node_story t(quick);
  t.agent();
  t.grant({task(1)}, patient_work());
  t.pass(7s, false);
  t.grant({task(2)}, patient_work());

  t.pass(3s, false);

  EXPECT_THAT(t.stops, SizeIs(1));
  EXPECT_THAT(t.dispatch.held(), testing::Contains(task(2)));
}

TEST(NodeLease, WhatTheLeaderFencesStops) {
  node_story t(quick);
  t.agent();
  t.grant({task(1), task(2)}, patient_work());
  t.pass(100ms, false);
  const auto asked = t.heard<lease_renewal>().at(0);

  t.renewed(asked, {task(1), task(2)});

  ASSERT_THAT(t.stops, SizeIs(1));
  EXPECT_EQ(t.stops[0].why, errc::fenced_off);
  EXPECT_EQ(t.only_outcome().code, errc::fenced_off) << "of the one that waited";
}

TEST(NodeLeaderLost, OutcomesAreRepeatedUntilTheirReceiptComes) {
  node_story t;
  t.agents(2);
  t.grant({task(1), task(2)});
  for (const auto& start : t.starts()) t.finish(start);
  const auto first = t.heard<outcome_batch>();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_LT(first[0].sequence, first[1].sequence);
  t.receipt(first[0].sequence);

  t.leader_up();

  const auto again = t.heard<outcome_batch>();
  ASSERT_THAT(again, SizeIs(1));
  EXPECT_EQ(again[0].sequence, first[1].sequence);
  EXPECT_EQ(again[0].outcomes.at(0).id, first[1].outcomes.at(0).id);
  t.receipt(again[0].sequence);
  t.leader_up();
  EXPECT_THAT(t.heard<outcome_batch>(), IsEmpty());
}

TEST(NodeLeaderLost, OutcomesComeBeforeWhatTheReportSaysIsHeld) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2)});
  const auto start = t.only_start();
  node_effects out;
  t.dispatch.on_finished(start.agent, t.outcome_of(task(1)), t.now, out);  // not flushed yet when the leader comes

  t.leader_up();

  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(2)));
  EXPECT_EQ(t.only_outcome().id, task(1).id) << "whoever is not held any more was told of in the same step";
}

TEST(NodeLeaderLost, AnOutcomeWithoutAReceiptIsSaidAgainAfterAWhile) {
  node_story t(quick);
  t.agent();
  t.pass(5s);
  t.grant({task(1)}, patient_work());
  t.finish(t.only_start());
  const auto first = t.heard<outcome_batch>();
  ASSERT_THAT(first, SizeIs(1));

  t.pass(4s);
  const auto again = t.heard<outcome_batch>();
  ASSERT_GE(again.size(), 1U);
  EXPECT_LE(again.size(), 2U);
  EXPECT_EQ(again[0].sequence, first[0].sequence);
  t.receipt(first[0].sequence);

  t.pass(10s);
  EXPECT_THAT(t.heard<outcome_batch>(), IsEmpty());
}

TEST(NodeLeaderLost, NoMoreThanSomeBatchesAreSaidAgainAtOnce) {
  node_story t(quick);
  t.agent();
  for (std::uint64_t i = 1; i <= 40; ++i) {
    t.grant({task(i)}, patient_work());
    t.finish(t.only_start());
  }
  t.heard<outcome_batch>();
  t.pass(2s);
  t.heard<outcome_batch>();

  t.pass(2s);

  const auto again = t.heard<outcome_batch>();
  ASSERT_THAT(again, SizeIs(16));
  EXPECT_EQ(again[0].sequence, 1U) << "the oldest first";
}

TEST(NodeLeaderLost, AClockIsNeededUntilTheReceiptComes) {
  node_story t;
  t.agent();
  EXPECT_FALSE(t.dispatch.needs_clock());
  t.grant({task(1)});
  EXPECT_TRUE(t.dispatch.needs_clock());
  t.finish(t.only_start());
  const auto said = t.heard<outcome_batch>();

  EXPECT_TRUE(t.dispatch.needs_clock()) << "the leader may fail to store it";
  t.receipt(said.at(0).sequence);
  EXPECT_FALSE(t.dispatch.needs_clock());
}

}  // namespace
}  // namespace dunlin

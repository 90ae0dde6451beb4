// SPDX-License-Identifier: Apache-2.0
// Tasks that have reserved their share of a device: kept for a stand-in, begun in time, given back.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class NodeReserve : public testing::Test {
 protected:
  void grant(const task_epoch& which, milliseconds starts_in, milliseconds lasts = 10s) {
    grant_batch batch{{shape()}, {}};
    batch.shapes[0].reserved = {{starts_in, lasts}};
    auto& one = batch.grants.emplace_back();
    one.id = which.id;
    one.epoch = which.epoch;
    one.reserved = batch.shapes[0].reserved;
    t.grant(std::move(batch));
  }
  /// And its device keeps it.
  void keep(const task_epoch& which, milliseconds starts_in) {
    grant(which, starts_in);
    answer(t.reserved.back().ask.agent);
  }

  /// The same, when what it had reserved from the start on is over.
  void grant_late(const task_epoch& which) {
    grant_batch batch{{shape()}, {}};
    batch.shapes[0].reserved = {{0s, 10s}};
    auto& one = batch.grants.emplace_back();
    one.id = which.id;
    one.epoch = which.epoch;
    t.grant(std::move(batch));
  }

  void answer(const agent_id& stand_in) {
    t.step([&](auto& me, auto&) { me.on_reserved(stand_in); });
  }
  void refuse(const agent_id& stand_in, errc why) {
    t.step([&](auto& me, auto&) { me.on_reservation_refused(stand_in, error{why, "no room beside agent 3 (holds)"}); });
  }
  static task_shape shape() {
    task_spec spec = work();
    spec.shape.sharing = sharing_pattern::exclusive;
    spec.shape.needs.cpu_milli = 500;
    spec.shape.where.device = 1;
    return spec.shape;
  }

  node_story t{{.devices = std::vector<node_device>(4)}};
};

TEST_F(NodeReserve, IsKeptForAStandInUntilItBegins) {
  const auto who = t.agent();
  const auto granted_at = t.now;

  grant(task(1), 60s);

  ASSERT_THAT(t.reserved, SizeIs(1));
  const auto& kept = t.reserved[0];
  EXPECT_EQ(kept.task, task(1).id);
  EXPECT_EQ(kept.ask.device, device_id{1});
  EXPECT_EQ(kept.ask.cpu_milli, 500U);
  EXPECT_EQ(kept.from, granted_at + 60s);
  EXPECT_EQ(kept.until, granted_at + 70s);
  answer(kept.ask.agent);
  t.pass(59'900ms);
  EXPECT_THAT(t.asked, IsEmpty());
  t.pass(100ms);
  ASSERT_THAT(t.claimed, SizeIs(1));
  EXPECT_EQ(t.claimed[0].stand_in, kept.ask.agent);
  EXPECT_EQ(t.claimed[0].agent, who);
  ASSERT_THAT(t.asked, SizeIs(1)) << "after the claim";
  EXPECT_EQ(t.asked[0].agent, who);
}

TEST_F(NodeReserve, OthersRunMeanwhile) {
  const auto who = t.agent();
  keep(task(1), 60s);

  t.grant({task(2)});

  EXPECT_EQ(t.only_start().order.task, task(2));
  t.finish(who, node_story::outcome_of(task(2)));
  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(1)));
}

TEST_F(NodeReserve, BeginsBeforeAllThatWait) {
  const auto who = t.agent();
  keep(task(1), 1s);
  t.grant({task(2), task(3)}, work(), 9);
  EXPECT_EQ(t.only_start().order.task, task(2));
  t.pass(2s);

  t.finish(who, node_story::outcome_of(task(2)));

  EXPECT_THAT(t.claimed, SizeIs(1));
}

TEST_F(NodeReserve, TheLeaderHearsThatItHasBegun) {
  const auto who = t.agent("work", isolation_mode::async);
  keep(task(1), 0s);

  t.lease(who, 7, {1});

  EXPECT_THAT(t.heard<start_batch>(), SizeIs(1)) << "what it needs counts from here on";
}

TEST_F(NodeReserve, TheLeaderHearsItAgainInCaseItHasForgotten) {
  const auto who = t.agent();
  keep(task(1), 0s);
  t.lease(who, 7, {1});
  ASSERT_THAT(t.heard<start_batch>(), SizeIs(1));

  t.pass(6s);

  EXPECT_THAT(t.heard<start_batch>(), Not(IsEmpty())) << "with each renewal of its lease";
}

TEST_F(NodeReserve, TheLeaderHearsOfTheStartAlsoWhenTheReservationWasOver) {
  const auto who = t.agent("work", isolation_mode::async);
  grant_late(task(1));

  t.lease(who, 7, {1});

  EXPECT_THAT(t.reserved, IsEmpty());
  EXPECT_THAT(t.heard<start_batch>(), SizeIs(1));
}

TEST_F(NodeReserve, EndsWithItsAgent) {
  const auto who = t.agent();
  keep(task(1), 0s);
  t.lease(who, 7, {1});

  t.die(who);

  ASSERT_THAT(t.unreserved, SizeIs(1));
  EXPECT_EQ(t.unreserved[0].agent, who);
}

TEST_F(NodeReserve, EndsWhenItsShareIsRefused) {
  const auto who = t.agent();
  keep(task(1), 0s);

  t.lose_lease(who, errc::timeout, {1});

  EXPECT_THAT(t.unreserved, SizeIs(1));
  EXPECT_EQ(t.only_outcome().code, errc::timeout);
}

TEST_F(NodeReserve, EndsWithItsTask) {
  const auto who = t.agent();
  keep(task(1), 0s);
  t.lease(who, 7, {1});
  EXPECT_THAT(t.unreserved, IsEmpty());

  t.finish(t.only_start());

  ASSERT_THAT(t.unreserved, SizeIs(1));
  EXPECT_EQ(t.unreserved[0].agent, who);
  EXPECT_EQ(t.unreserved[0].device, device_id{1});
  EXPECT_THAT(t.returned, SizeIs(1));
}

TEST_F(NodeReserve, IsClaimedByOneThatHasALeaseAlready) {
  const auto who = t.agent();
  grant_late(task(1));
  t.lease(who, 7, {1});
  grant(task(2), 0s);
  answer(t.reserved.at(0).ask.agent);

  t.finish(t.only_start());

  EXPECT_THAT(t.claimed, SizeIs(1));
  EXPECT_EQ(t.only_start().order.lease, lease_id{7});
  EXPECT_THAT(t.asked, SizeIs(1)) << "once";
}

TEST_F(NodeReserve, DoesNotBeginBeforeTheDeviceHasAnswered) {
  t.agent();
  grant(task(1), 0s);
  t.pass(1s);
  EXPECT_THAT(t.asked, IsEmpty());

  answer(t.reserved.at(0).ask.agent);

  EXPECT_THAT(t.asked, SizeIs(1));
}

TEST_F(NodeReserve, ThatIsRefusedGoesBackWithTheReason) {
  t.agent();
  grant(task(1), 60s);

  refuse(t.reserved.at(0).ask.agent, errc::conflict);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::conflict);
  EXPECT_THAT(outcome.why, HasSubstr("its share could not be reserved: "));
  EXPECT_THAT(outcome.why, HasSubstr("no room beside agent 3 (holds)"));
  EXPECT_THAT(t.dispatch.held(), IsEmpty());
  EXPECT_THAT(t.unreserved, IsEmpty()) << "there was none";
  t.pass(61s);
  EXPECT_THAT(t.asked, IsEmpty());
}

TEST_F(NodeReserve, IsGivenUpByOneThatIsCancelled) {
  t.agent();
  keep(task(1), 60s);

  t.cancel(task(1));

  ASSERT_THAT(t.unreserved, SizeIs(1));
  EXPECT_EQ(t.unreserved[0].agent, t.reserved[0].ask.agent);
  EXPECT_EQ(t.only_outcome().code, errc::cancelled);
  t.pass(61s);
  EXPECT_THAT(t.asked, IsEmpty());
}

TEST_F(NodeReserve, IsGivenUpByANodeThatDrains) {
  t.agent();
  keep(task(1), 60s);

  t.drain();

  EXPECT_THAT(t.unreserved, SizeIs(1));
  EXPECT_THAT(t.heard<return_batch>(), SizeIs(1));
}

TEST_F(NodeReserve, IsGivenUpWhenTheTaskWasNotRenewed) {
  t.agent();
  keep(task(1), 600s);

  t.pass(30s, false);

  EXPECT_THAT(t.unreserved, SizeIs(1));
  EXPECT_EQ(t.outcomes().at(0).code, errc::lease_expired);
}

TEST_F(NodeReserve, IsRenewedWhileItWaits) {
  t.agent();
  keep(task(1), 600s);

  t.pass(60s);

  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(1)));
  EXPECT_THAT(t.unreserved, IsEmpty());
}

TEST_F(NodeReserve, KeepsItsPlaceWhenItIsLentAPriority) {
  t.agent();
  keep(task(1), 60s);

  t.step([&](auto& me, auto&) { me.on_priority({task(1), 9}); });

  EXPECT_THAT(t.asked, IsEmpty());
  t.pass(60s);
  ASSERT_THAT(t.asked, SizeIs(1));
  EXPECT_EQ(t.asked[0].priority, 9);
}

TEST_F(NodeReserve, EveryTaskHasAStandInOfItsOwn) {
  t.agents(2);
  grant(task(1), 0s);
  grant(task(2), 0s);

  ASSERT_THAT(t.reserved, SizeIs(2));
  EXPECT_NE(t.reserved[0].ask.agent, t.reserved[1].ask.agent);
  answer(t.reserved[1].ask.agent);
  ASSERT_THAT(t.claimed, SizeIs(1));
  EXPECT_EQ(t.claimed[0].stand_in, t.reserved[1].ask.agent);
}

}  // namespace
}  // namespace dunlin

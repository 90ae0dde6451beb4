// SPDX-License-Identifier: Apache-2.0
// A device that broke: who is stopped, who goes on elsewhere, and who is to blame.
#include "tests/coordination/orchestration/gpu_node.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NodeQuarantine, ADeviceThatBreaksIsLeftAloneAndItsTaskGoesOnElsewhere) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto start = start_on_gpu(t, who, task(1));

  fail_by_device(t, start, errc::device_faulted);

  ASSERT_THAT(t.quarantined, SizeIs(1));
  EXPECT_EQ(t.quarantined[0].device, gpu);
  EXPECT_EQ(t.dispatch.quarantined(gpu), "an illegal address");
  EXPECT_THAT(t.outcomes(), IsEmpty()) << "its attempt goes on";
  t.finish(t.only_start());
  EXPECT_EQ(t.only_outcome().code, errc::none);
}

TEST(NodeQuarantine, OnlyTheDeviceIsBelievedThatItBroke) {
  node_story t(node_with(1));
  const auto start = start_on_gpu(t, t.agent(), task(1), gpu_only());

  t.finish(start, errc::device_faulted);

  EXPECT_THAT(t.quarantined, IsEmpty());
  EXPECT_FALSE(t.only_outcome().crashed);
}

TEST(NodeQuarantine, WhatCannotRunElsewhereCountsAsACrashOfItsHost) {
  node_story t(node_with(1));
  const auto start = start_on_gpu(t, t.agent(), task(1), gpu_only());

  fail_by_device(t, start, errc::device_lost);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::device_lost);
  EXPECT_TRUE(outcome.crashed) << "or it would break one device after the other";
}

TEST(NodeQuarantine, OthersThatWorkThereAreStoppedAndGoOnElsewhere) {
  node_story t(node_with(2));
  const auto first = t.agent();
  const auto second = t.agent();
  t.grant({task(1), task(2)}, gpu_only());
  t.lease(first, 1, t.asked.at(0).device);
  t.lease(second, 2, t.asked.at(1).device);
  auto starts = t.starts();
  ASSERT_THAT(starts, SizeIs(2));
  ASSERT_EQ(starts[0].order.device, starts[1].order.device) << "in turns";

  fail_by_device(t, starts[0], errc::device_faulted);
  ASSERT_THAT(t.stops, SizeIs(1));
  EXPECT_EQ(t.stops[0].why, errc::device_faulted);
  EXPECT_EQ(t.stops[0].task, starts[1].order.task);
  t.finish(starts[1], errc::cancelled);

  EXPECT_THAT(t.outcomes(), IsEmpty());
  ASSERT_THAT(t.asked, SizeIs(4));
  EXPECT_EQ(t.asked[2].device, device_id{2});
  EXPECT_EQ(t.asked[3].device, device_id{2});
}

TEST(NodeQuarantine, WhoWaitsForItGoesBackToTheLeaderIfNothingElseWillDo) {
  node_story t(node_with(1));
  const auto first = t.agent();
  t.agent();
  t.grant({task(1), task(2)}, gpu_only());
  t.lease(first, 1, gpu);
  const auto start = t.only_start();

  fail_by_device(t, start, errc::device_faulted);

  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_THAT(back[0].tasks, ElementsAre(task(2)));
  EXPECT_EQ(t.only_outcome().id, task(1).id);
}

TEST(NodeQuarantine, WhoIsStoppedForItAndCannotGoOnHasNotFailed) {
  node_story t(node_with(1));
  const auto first = t.agent();
  const auto second = t.agent();
  t.grant({task(1), task(2)}, gpu_only());
  t.lease(first, 1, gpu);
  t.lease(second, 2, gpu);
  const auto starts = t.starts();
  fail_by_device(t, starts.at(0), errc::device_faulted);
  static_cast<void>(t.outcomes());

  t.finish(starts.at(1), errc::cancelled);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::device_faulted);
  EXPECT_FALSE(outcome.crashed);
}

TEST(NodeQuarantine, WhatComesLaterAndNeedsItGoesBack) {
  node_story t(node_with(1));
  const auto who = t.agent();
  fail_by_device(t, start_on_gpu(t, who, task(1), gpu_only()), errc::device_faulted);
  static_cast<void>(t.outcomes());

  t.grant({task(2)}, gpu_only());
  t.grant({task(3)}, work().with([](task_spec& s) {
    s.shape.sharing = sharing_pattern::exclusive;
    s.shape.where.device = 1;
  }));
  t.grant({task(4)}, either());

  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(2));
  EXPECT_THAT(back[0].tasks, ElementsAre(task(2)));
  EXPECT_THAT(back[1].tasks, ElementsAre(task(3)));
  EXPECT_EQ(t.only_start().order.task, task(4));
}

TEST(NodeQuarantine, ItsLeaseCoversNoMoreTasks) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto start = start_on_gpu(t, who, task(1), gpu_only());
  t.grant({task(2)}, gpu_only());

  fail_by_device(t, start, errc::device_faulted);

  EXPECT_THAT(t.returned, SizeIs(1));
  EXPECT_THAT(t.starts(), IsEmpty());
  EXPECT_THAT(t.heard<return_batch>(), SizeIs(1));
}

TEST(NodeQuarantine, WhoReportsItIsNotToBlameWhereOthersWorkedToo) {
  node_story t(node_with(1));
  const auto first = t.agent();
  const auto second = t.agent();
  t.grant({task(1), task(2)}, gpu_only());
  t.lease(first, 1, gpu);
  t.lease(second, 2, gpu);
  const auto starts = t.starts();

  fail_by_device(t, starts.at(0), errc::device_lost);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::device_faulted) << "which the leader counts against nobody";
  EXPECT_FALSE(outcome.crashed);
}

TEST(NodeQuarantine, ALeaseThatWasJustLostDoesNotHideTheFault) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto start = start_on_gpu(t, who, task(1), gpu_only());
  t.lose_lease(who, errc::lease_expired, gpu, start.order.lease);

  fail_by_device(t, start, errc::device_lost);

  EXPECT_THAT(t.quarantined, SizeIs(1));
  EXPECT_EQ(t.only_outcome().code, errc::lease_expired);
}

TEST(NodeQuarantine, ALateReporterIsHeardToo) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto start = start_on_gpu(t, who, task(1), gpu_only());
  t.die(who);

  fail_by_device(t, start, errc::device_lost);

  EXPECT_THAT(t.quarantined, SizeIs(1));
}

/// Nobody's step has told yet.
void break_by_itself(node_story& t) {
  t.step([&](auto& me, auto& out) { me.on_device_broke(gpu, "fell off the bus", t.now, out); });
}

TEST(NodeQuarantine, TheDevicesOwnWordIsEnough) {
  node_story t(node_with(1));
  const auto who = t.agent();
  t.agent();
  const auto start = start_on_gpu(t, who, task(1));
  t.grant({task(2)}, gpu_only());

  break_by_itself(t);
  break_by_itself(t);

  EXPECT_THAT(t.quarantined, SizeIs(1));
  EXPECT_EQ(t.dispatch.quarantined(gpu), "fell off the bus");
  ASSERT_THAT(t.stops, SizeIs(1));
  const auto back = t.heard<return_batch>();
  ASSERT_THAT(back, SizeIs(1));
  EXPECT_THAT(back[0].tasks, ElementsAre(task(2)));
  t.finish(start, errc::cancelled);
  EXPECT_EQ(t.only_start().order.task, task(1)) << "on the cores";
}

TEST(NodeQuarantine, WhoWorkedAloneIsToBlameHoweverItWasHeard) {
  node_story t(node_with(1));
  const auto start = start_on_gpu(t, t.agent(), task(1), gpu_only());
  break_by_itself(t);

  fail_by_device(t, start, errc::device_lost);

  EXPECT_TRUE(t.only_outcome().crashed);
}

TEST(NodeQuarantine, ADeviceThatNobodyUsesMayBreakToo) {
  node_story t(node_with(1));
  t.agent();

  break_by_itself(t);
  t.grant({task(1)}, gpu_only());

  EXPECT_THAT(t.heard<return_batch>(), SizeIs(1));
  EXPECT_THAT(t.starts(), IsEmpty());
}

}  // namespace
}  // namespace dunlin

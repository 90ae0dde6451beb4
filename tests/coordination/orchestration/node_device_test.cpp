// SPDX-License-Identifier: Apache-2.0
// Device leases: asked for by the task, kept over equal tasks, given back, refused and lost.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const node_dispatch_config four_devices{.devices = std::vector<node_device>(4)};

task_spec exclusive_work(std::int32_t device = -1) {
  return work().with([device](task_spec& s) {
    s.shape.sharing = sharing_pattern::exclusive;
    s.shape.where.device = device;
  });
}

TEST(NodeDevice, ATaskThatWantsOneWaitsForItsLease) {
  node_story t(four_devices);
  const auto who = t.agent();

  t.grant({task(1)}, exclusive_work(2), 8);

  EXPECT_THAT(t.starts(), IsEmpty());
  EXPECT_THAT(t.heard<start_batch>(), IsEmpty());
  ASSERT_THAT(t.asked, SizeIs(1));
  EXPECT_EQ(t.asked[0].agent, who);
  EXPECT_EQ(t.asked[0].device, device_id{2});
  EXPECT_EQ(t.asked[0].priority, 8);
  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(1)));
  t.lease(who, 7, {2});
  const auto start = t.only_start();
  EXPECT_EQ(start.order.lease, lease_id{7});
  EXPECT_EQ(start.order.lease_token, 70U);
  EXPECT_EQ(start.order.device, device_id{2});
}

TEST(NodeDevice, AsksWithWhatIsLeftOfItsBoosts) {
  node_story t(four_devices);
  t.agent();
  grant_batch batch{{exclusive_work().shape}, {}};
  task_grant one;
  one.id = task(1).id;
  one.epoch = task(1).epoch;
  one.boosts = {{3, 20s}};
  batch.grants.push_back(one);

  t.grant(std::move(batch));

  ASSERT_THAT(t.asked, SizeIs(1));
  EXPECT_THAT(t.asked[0].boosts, ElementsAre(priority_boost{3, t.now + 20s}));
}

TEST(NodeDevice, AShareOfAGpuIsADeviceToo) {
  node_story t(four_devices);
  t.agent();

  t.grant({task(1)}, work().with([](task_spec& s) { s.shape.needs.gpu_milli = 500; }));

  ASSERT_THAT(t.asked, SizeIs(1));
  EXPECT_EQ(t.asked[0].device, device_id{0}) << "no wish means the first";
  EXPECT_EQ(t.asked[0].wish.compute_milli, 500U);
  EXPECT_EQ(t.asked[0].wish.weight, 50U) << "half a device is half the time of a whole one";
  EXPECT_TRUE(t.asked[0].in_steps);
}

TEST(NodeDevice, AsksForWhatTheTaskNamed) {
  node_story t(four_devices);
  t.agent("work", isolation_mode::process);

  t.grant({task(1)}, work().with([](task_spec& s) {
    s.shape.needs.gpu_milli = 2'000;
    s.shape.needs.gpu_bytes = 4'096;
    s.shape.target_latency = milliseconds{20};
  }));

  ASSERT_THAT(t.asked, SizeIs(1));
  const auto& asked = t.asked[0];
  EXPECT_EQ(asked.wish.compute_milli, 1'000U) << "of this device";
  EXPECT_EQ(asked.wish.memory_bytes, 4'096U);
  EXPECT_TRUE(asked.wish.interactive) << "it named a latency";
  EXPECT_FALSE(asked.in_steps) << "a process is one step";
  EXPECT_EQ(asked.wish.hold, 302s) << "its timeout, the hold of a lease and the patience with a handler";
}

TEST(NodeDevice, TheGrantedVariantSaysWhetherOneIsNeeded) {
  node_story t;
  t.agent();
  task_spec spec = work();
  spec.shape.needs = {0, 100, 500, 10};
  spec.shape.variants = {resources{1'000, 4'096, 0, 0}};
  grant_batch batch;
  batch.shapes = {spec.shape};
  batch.grants.resize(1);
  batch.grants[0].id = task(1).id;
  batch.grants[0].epoch = 1;
  batch.grants[0].variant = 1;

  t.grant(std::move(batch));

  EXPECT_THAT(t.asked, IsEmpty()) << "it runs on cores";
  EXPECT_EQ(t.only_start().order.memory_cap, 4'096U);
}

TEST(NodeDevice, ItsTimeoutCountsFromTheStart) {
  node_story t(four_devices);
  const auto who = t.agent();
  auto spec = exclusive_work();
  spec.shape.timeout = milliseconds{1'000};
  t.grant({task(1)}, spec);
  t.pass(5s);
  EXPECT_THAT(t.stops, IsEmpty());

  t.lease(who, 7);

  EXPECT_EQ(t.only_start().order.deadline, t.now + 1s);
}

TEST(NodeDevice, ALeaseCoversEqualTasksUntilItsHoldEnds) {
  node_story t({.devices = std::vector<node_device>(4), .lease_hold = 1s});
  const auto who = t.agent();
  t.grant({task(1), task(2), task(3)}, exclusive_work());
  t.lease(who, 7);
  t.finish(t.only_start());

  const auto second = t.only_start();
  EXPECT_EQ(second.order.lease, lease_id{7});
  EXPECT_THAT(t.returned, IsEmpty());
  t.now += 1s;
  t.finish(second);

  ASSERT_THAT(t.returned, SizeIs(1));
  EXPECT_EQ(t.returned[0].agent, who);
  EXPECT_EQ(t.returned[0].lease, lease_id{7});
  EXPECT_THAT(t.starts(), IsEmpty());
  EXPECT_THAT(t.asked, SizeIs(2)) << "the third asks anew, behind whoever waited";
}

TEST(NodeDevice, ALeaseGoesBackWhenNoEqualTaskWaits) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1)}, exclusive_work());
  t.grant({task(2)});
  t.lease(who, 7);

  t.finish(t.only_start());

  ASSERT_THAT(t.returned, SizeIs(1));
  const auto next = t.only_start();
  EXPECT_EQ(next.order.task, task(2));
  EXPECT_FALSE(next.order.lease);
}

TEST(NodeDevice, ACancelWhileItWaitsGivesUpItsPlace) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1), task(2)}, exclusive_work());

  t.cancel(task(1));

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::cancelled);
  EXPECT_THAT(outcome.why, HasSubstr("device lease"));
  ASSERT_THAT(t.returned, SizeIs(1));
  EXPECT_FALSE(t.returned[0].lease) << "it had none yet: the request itself is taken back";
  EXPECT_THAT(t.asked, SizeIs(2)) << "the next task asks for itself";
  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_EQ(t.asked[1].agent, who);
}

TEST(NodeDevice, ALeaseThatComesTooLateIsGivenBack) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1)}, exclusive_work());
  t.cancel(task(1));
  t.returned.clear();

  t.lease(who, 7, {3});
  t.lease({99}, 8, {3});

  ASSERT_THAT(t.returned, SizeIs(2));
  EXPECT_EQ(t.returned[0].lease, lease_id{7});
  EXPECT_EQ(t.returned[0].device, device_id{3});
  EXPECT_EQ(t.returned[1].lease, lease_id{8});
}

TEST(NodeDevice, ARefusalGoesBackToTheLeaderWithItsReason) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1), task(2)}, exclusive_work());

  t.lose_lease(who, errc::overloaded);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.id, task(1).id);
  EXPECT_EQ(outcome.code, errc::overloaded);
  EXPECT_THAT(outcome.why, HasSubstr("no device lease: overloaded: the device says so"));
  EXPECT_THAT(t.asked, SizeIs(2)) << "the agent is free for the next one";
}

TEST(NodeDevice, ALostLeaseStopsTheHandler) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1)}, exclusive_work());
  t.lease(who, 7);
  const auto start = t.only_start();

  t.lose_lease(who, errc::lease_expired, {}, {7});

  ASSERT_THAT(t.stops, SizeIs(1));
  t.finish(start, errc::cancelled);
  EXPECT_EQ(t.only_outcome().code, errc::lease_expired);
  EXPECT_THAT(t.returned, IsEmpty()) << "there is nothing to give back";
}

TEST(NodeDevice, TheEndOfALeaseThatAnAgentNoLongerHasDoesNotConcernIt) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1)}, exclusive_work());
  t.lease(who, 7);
  t.finish(t.only_start());
  t.grant({task(2)}, exclusive_work());
  ASSERT_THAT(t.asked, SizeIs(2));
  static_cast<void>(t.outcomes());

  t.lose_lease(who, errc::crashed, {}, {7});
  EXPECT_THAT(t.outcomes(), IsEmpty()) << "it asks for another one";
  t.lease(who, 8);
  t.lose_lease(who, errc::crashed, {}, {7});
  t.lose_lease(who, errc::crashed, {1}, {8});

  EXPECT_THAT(t.stops, IsEmpty());
  t.finish(t.only_start());
  EXPECT_EQ(t.only_outcome().code, errc::none);
}

TEST(NodeDevice, ALeaseThatEndsBeforeItWasToldOfRefusesTheAsk) {
  node_story t(four_devices);
  const auto who = t.agent();
  t.grant({task(1)}, exclusive_work());

  t.lose_lease(who, errc::device_lost, {}, {7});

  EXPECT_EQ(t.only_outcome().code, errc::device_lost);
}

TEST(NodeDevice, ALossOfAnIdleOrUnknownAgentIsIgnored) {
  node_story t(four_devices);
  const auto who = t.agent();

  t.lose_lease(who, errc::lease_expired);
  t.lose_lease({99}, errc::lease_expired);

  EXPECT_THAT(t.stops, IsEmpty());
  EXPECT_THAT(t.outcomes(), IsEmpty());
}

TEST(NodeDevice, AnAgentThatDiesGivesBackWhatItHeldOrAskedFor) {
  node_story t(four_devices);
  const auto holder = t.agent();
  t.grant({task(1)}, exclusive_work());
  t.lease(holder, 7);
  const auto asker = t.agent();
  t.grant({task(2)}, exclusive_work());
  ASSERT_EQ(t.asked.back().agent, asker);

  t.die(holder);
  t.die(asker);

  ASSERT_THAT(t.returned, SizeIs(2));
  EXPECT_EQ(t.returned[0].lease, lease_id{7});
  EXPECT_FALSE(t.returned[1].lease);
  EXPECT_THAT(t.outcomes(), SizeIs(2));
}

TEST(NodeDevice, AnAbandonedHolderGivesItsLeaseBack) {
  node_story t(four_devices);
  const auto who = t.agent();
  auto spec = exclusive_work();
  spec.shape.timeout = milliseconds{100};
  t.grant({task(1)}, spec);
  t.lease(who, 7);

  t.pass(2s);

  ASSERT_THAT(t.abandoned, SizeIs(1));
  ASSERT_THAT(t.returned, SizeIs(1));
  EXPECT_EQ(t.returned[0].agent, who);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Tasks that may run on a GPU or on cores: what is chosen, what failed, and a device that broke.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr device_id gpu{1};

node_dispatch_config node_with(std::size_t gpus) {
  node_dispatch_config out;
  out.devices = {{"cpu", 4}};
  out.devices.resize(1 + gpus, {"cuda", 132});
  out.breaker = {.failures = 3, .rest = 1s};
  return out;
}

/// One GPU or two cores.
task_spec either() {
  return work().with([](task_spec& s) {
    s.shape.needs.gpu_milli = 1'000;
    s.shape.variants = {resources{2'000, 0, 0, 0}};
  });
}

task_spec gpu_only() {
  return work().with([](task_spec& s) { s.shape.needs.gpu_milli = 1'000; });
}

/// As its runner says when the device itself did not run a step to its end.
void fail_by_device(node_story& t, const start_task& started, errc code) {
  t.step([&](auto& me, auto& out) {
    auto outcome = node_story::outcome_of(started.order.task, code);
    outcome.why = "an illegal address";
    me.on_finished(started.agent, std::move(outcome), t.now, out, true);
  });
}

/// Grants the task and the lease that it asks for; returns its start on the GPU.
start_task start_on_gpu(node_story& t, agent_id who, const task_epoch& which, const task_spec& spec = either()) {
  t.grant({which}, spec);
  t.lease(who, which.id.low, gpu);
  return t.only_start();
}

TEST(NodeBackends, ATaskThatMayRunOnAGpuAsksForOneFirst) {
  node_story t(node_with(1));
  const auto who = t.agent();

  const auto start = start_on_gpu(t, who, task(1));

  EXPECT_EQ(t.asked.at(0).device, gpu);
  EXPECT_EQ(start.order.device, gpu);
  EXPECT_FALSE(start.order.plain_kernels);
  const auto told = t.heard<start_batch>();
  ASSERT_THAT(told, SizeIs(2));
  ASSERT_THAT(told[0].chosen, SizeIs(1));
  EXPECT_EQ(told[0].chosen[0].chosen.backend, "cuda:1");
  EXPECT_EQ(told[0].chosen[0].variant, 0);
  EXPECT_THAT(told[0].chosen[0].chosen.because, HasSubstr("tried until"));
}

TEST(NodeBackends, TheOutcomeSaysWhatRanItAndWhy) {
  node_story t(node_with(1));
  const auto start = start_on_gpu(t, t.agent(), task(1));

  t.finish(start);

  const auto outcome = t.only_outcome();
  ASSERT_THAT(outcome.usage.device, SizeIs(1));
  EXPECT_EQ(outcome.usage.device[0].backend, "cuda:1");
  EXPECT_TRUE(outcome.usage.device[0].is_gpu);
  EXPECT_THAT(outcome.usage.device[0].because, HasSubstr("simd: cost not known"));
}

TEST(NodeBackends, WhatFailsOnTheGpuGoesOnWithSimdThenWithPlainLoops) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto on_gpu = start_on_gpu(t, who, task(1));
  t.now += 1s;

  t.finish(on_gpu, errc::not_supported);
  const auto on_simd = t.only_start();
  t.finish(on_simd, errc::not_supported);
  const auto on_loops = t.only_start();
  t.finish(on_loops, errc::not_supported);

  EXPECT_FALSE(on_simd.order.lease) << "cores need none";
  EXPECT_EQ(on_simd.order.payload, on_gpu.order.payload);
  EXPECT_EQ(on_simd.order.task, task(1)) << "the same attempt";
  EXPECT_EQ(on_simd.order.deadline, on_gpu.order.deadline) << "and no more time";
  EXPECT_TRUE(on_loops.order.plain_kernels);
  ASSERT_THAT(t.returned, SizeIs(1));
  EXPECT_EQ(t.returned[0].device, gpu);
  EXPECT_EQ(t.only_outcome().code, errc::not_supported) << "nothing is left";
}

TEST(NodeBackends, TheHandlersOwnErrorsAreNotTheBackends) {
  node_story t(node_with(1));
  const auto who = t.agent();
  for (std::uint64_t i = 1; i <= 4; ++i) t.finish(start_on_gpu(t, who, task(i)), errc::handler_failed);

  EXPECT_THAT(t.outcomes(), SizeIs(4));
  EXPECT_EQ(t.dispatch.backends().state_of("cuda:1", "work", t.now), breaker_state::closed);
}

TEST(NodeBackends, AGpuThatFailsTooOftenIsLeftAloneAndTriedAgain) {
  node_story t(node_with(1));
  const auto who = t.agent();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    t.finish(start_on_gpu(t, who, task(i)), errc::quota_exceeded);
    t.finish(t.only_start());
  }
  EXPECT_EQ(t.dispatch.backends().state_of("cuda:1", "work", t.now), breaker_state::open);
  const auto asked = t.asked.size();

  t.grant({task(4)}, either());
  EXPECT_THAT(t.asked, SizeIs(asked)) << "it runs on cores at once";
  t.finish(t.only_start());
  t.now += 1s;
  t.finish(start_on_gpu(t, who, task(5)));

  EXPECT_EQ(t.dispatch.backends().state_of("cuda:1", "work", t.now), breaker_state::closed);
  for (const auto& outcome : t.outcomes()) EXPECT_EQ(outcome.code, errc::none) << outcome.why;
}

TEST(NodeBackends, WhoDemandsAGpuThatFailsTooOftenFailsFast) {
  node_story t(node_with(1));
  const auto who = t.agent();
  for (std::uint64_t i = 1; i <= 3; ++i) t.finish(start_on_gpu(t, who, task(i), gpu_only()), errc::quota_exceeded);
  EXPECT_THAT(t.outcomes(), SizeIs(3));

  t.grant({task(4)}, gpu_only());

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::overloaded);
  EXPECT_THAT(outcome.why, HasSubstr("cuda:1: it failed too often"));
}

TEST(NodeBackends, ARefusedLeaseSendsTheTaskToTheCores) {
  node_story t(node_with(1));
  const auto who = t.agent();
  t.grant({task(1)}, either());

  t.lose_lease(who, errc::quota_exceeded, gpu);

  EXPECT_EQ(t.only_start().order.task, task(1));
  EXPECT_EQ(t.dispatch.backends().state_of("cuda:1", "work", t.now), breaker_state::closed) << "it ran nothing";
}

TEST(NodeBackends, WhatWasRefusedItsDeviceHasAllItsTimeElsewhere) {
  node_story t(node_with(1));
  const auto who = t.agent();
  t.grant({task(1)}, either());

  t.lose_lease(who, errc::quota_exceeded, gpu);

  EXPECT_EQ(t.only_start().order.deadline, t.now + either().shape.timeout);
}

TEST(NodeBackends, AHandlerThatReturnsTheDevicesErrorHasFailed) {
  node_story t(node_with(1));
  const auto who = t.agent();
  for (const auto code : {errc::device_faulted, errc::device_lost}) {
    t.finish(start_on_gpu(t, who, task(1), gpu_only()), code);
    EXPECT_EQ(t.only_outcome().code, errc::handler_failed) << "or it would be granted anew for ever";
  }
}

TEST(NodeBackends, AGrantThatComesTooLateGoesBack) {
  node_story t(node_with(1));
  const auto who = t.agent();
  t.grant({task(1)}, either());
  t.lose_lease(who, errc::quota_exceeded, gpu);

  t.lease(who, 7, gpu);

  ASSERT_THAT(t.returned, SizeIs(1));
  EXPECT_EQ(t.returned[0].lease, lease_id{7});
}

TEST(NodeBackends, ALeaseIsNotKeptForATaskThatRunsElsewhere) {
  auto config = node_with(1);
  config.lease_hold = 10s;
  node_story t(config);
  const auto who = t.agent();
  for (std::uint64_t i = 1; i <= 2; ++i) {
    const auto start = start_on_gpu(t, who, task(i));
    auto outcome = node_story::outcome_of(start.order.task);
    outcome.usage.run_ns = 1'000;
    t.finish(who, outcome);
  }
  const auto third = start_on_gpu(t, who, task(3));
  t.grant({task(4)}, either());  // waits for the agent, with the same shape

  t.returned.clear();
  t.finish(third);

  EXPECT_THAT(t.returned, SizeIs(1)) << "the cores are tried next";
  EXPECT_FALSE(t.only_start().order.lease);
}

TEST(NodeBackends, WhatNoBackendCouldDoSaysWhichFailedAndWhy) {
  node_story t(node_with(1));
  t.finish(start_on_gpu(t, t.agent(), task(1)), errc::quota_exceeded);
  t.finish(t.only_start(), errc::not_supported);
  t.finish(t.only_start(), errc::not_supported);

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::quota_exceeded) << "which a later attempt may be spared";
  EXPECT_EQ(outcome.why, "no backend could do it: cuda:1: quota_exceeded; simd: not_supported; scalar: not_supported");
}

TEST(NodeBackends, ARefusedLeaseCountsAmongWhatFailed) {
  node_story t(node_with(1));
  const auto who = t.agent();
  t.grant({task(1)}, either());
  t.lose_lease(who, errc::quota_exceeded, gpu);
  t.finish(t.only_start(), errc::not_supported);
  t.finish(t.only_start(), errc::not_supported);

  EXPECT_THAT(t.only_outcome().why, HasSubstr("cuda:1: quota_exceeded, no device lease: the device says so"));
}

TEST(NodeBackends, AKindThatFailsOnTheGpuKeepsNoOtherKindAway) {
  node_story t(node_with(1));
  const auto who = t.agent();
  const auto other = t.agent("other");
  for (std::uint64_t i = 1; i <= 3; ++i) {
    t.finish(start_on_gpu(t, who, task(i)), errc::not_supported);
    t.finish(t.only_start());
  }
  auto spec = either();
  spec.shape.kind = "other";

  EXPECT_EQ(start_on_gpu(t, other, task(4), spec).order.device, gpu);
}

// -- a device that broke

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

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Tasks that may run on a GPU or on cores: what is chosen, and what failed.
#include "tests/coordination/orchestration/gpu_node.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

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

}  // namespace
}  // namespace dunlin

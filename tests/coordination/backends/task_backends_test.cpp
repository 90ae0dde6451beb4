// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/backends/gpu_tasks.hpp"

namespace dunlin {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Runs such tasks until their cost is known everywhere; `gpu` and `cpu` are what they take there.
void learn(task_backends& backends, const task_shape& shape, duration gpu, duration cpu) {
  for (int i = 0; i < 6; ++i) {
    const auto chosen = pick(backends, {shape, 0, 100});
    backends.on_done(chosen, chosen.is_gpu ? gpu : cpu);
  }
}

void fail_times(task_backends& backends, const task_shape& shape, int times) {
  for (int i = 0; i < times; ++i) {
    const auto chosen = pick(backends, {shape, 0, 100});
    ASSERT_EQ(chosen.name, "cuda:1");
    backends.on_failed(chosen, failure_source::work, t0);
  }
}

TEST(TaskBackends, DecideOnlyWhatIsLeftOpen) {
  const task_backends here{node_with(1)};
  const task_backends without_gpu{node_with(0)};
  task_shape plain;
  plain.needs.cpu_milli = 1'000;

  EXPECT_FALSE(here.decides(plain));
  EXPECT_TRUE(here.decides(either()));
  EXPECT_TRUE(here.decides(gpu_only()));
  EXPECT_FALSE(without_gpu.decides(gpu_only()));
  EXPECT_TRUE(without_gpu.decides(either()));
}

TEST(TaskBackends, TryEachUntilItsCostIsKnownThenTakeWhatIsDoneFirst) {
  task_backends backends{node_with(1)};
  const auto shape = either();
  learn(backends, shape, 2ms, 20ms);

  const auto chosen = pick(backends, {shape, 0, 100});

  EXPECT_EQ(chosen.name, "cuda:1");
  EXPECT_EQ(chosen.device, device_id{1});
  EXPECT_EQ(chosen.variant, 0);
  EXPECT_TRUE(chosen.is_gpu);
  EXPECT_THAT(chosen.because, HasSubstr("done first: 0 us transfer, 0 us queue, 2000 us compute; simd: 20000 us"));
  EXPECT_THAT(chosen.because, HasSubstr("scalar: cost not known"));
}

TEST(TaskBackends, AQueueBeforeTheGpuMakesTheCoresFaster) {
  task_backends backends{node_with(1)};
  const auto shape = either();
  learn(backends, shape, 2ms, 5ms);
  std::vector<std::string> names;

  while (names.size() < 4) names.push_back(pick(backends, {shape, 0, 100}).name);

  EXPECT_THAT(names, ::testing::ElementsAre("cuda:1", "cuda:1", "simd", "cuda:1"));
}

TEST(TaskBackends, TheQueueOfWhatHasEndedIsGone) {
  task_backends backends{node_with(1)};
  const auto shape = either();
  learn(backends, shape, 2ms, 5ms);
  const auto first = pick(backends, {shape, 0, 100});
  const auto second = pick(backends, {shape, 0, 100});

  backends.on_given_up(first);
  backends.on_done(second, 2ms);

  EXPECT_THAT(pick(backends, {shape, 0, 100}).because, HasSubstr("0 us queue"));
}

TEST(TaskBackends, DeclaredCostCountsWhileNothingIsMeasured) {
  task_backends backends{node_with(1)};
  auto shape = either();
  shape.needs.expected = milliseconds{30};
  shape.variants[0].expected = milliseconds{10};

  const auto chosen = pick(backends, {shape, 0, 100});

  EXPECT_EQ(chosen.name, "simd");
  EXPECT_EQ(chosen.variant, 1);
  EXPECT_THAT(chosen.because, HasSubstr("cuda:1: 30000 us"));
}

TEST(TaskBackends, TheWayToTheGpuCosts) {
  task_backends backends{node_with(1, 1e6)};
  auto shape = either();
  shape.needs.expected = milliseconds{1};
  shape.variants[0].expected = milliseconds{10};

  const auto chosen = pick(backends, {shape, 0, 100'000});

  EXPECT_EQ(chosen.name, "simd") << "100 kB at 1 MB/s";
  EXPECT_THAT(chosen.because, HasSubstr("cuda:1: 101000 us (100000 us transfer"));
}

TEST(TaskBackends, WhatFailedThisAttemptIsNotTakenAgain) {
  task_backends backends{node_with(1)};
  const auto shape = either();

  const backend_failure on_gpu{"cuda:1", 0, error{errc::not_supported}};
  EXPECT_EQ(pick(backends, {shape, 0, 100, {on_gpu}}).name, "simd");
  const auto last = pick(backends, {shape, 0, 100, {on_gpu, {"simd", 1, error{errc::not_supported}}}});

  EXPECT_EQ(last.name, "scalar");
  EXPECT_TRUE(last.plain_kernels);
  EXPECT_EQ(last.variant, 1);
  EXPECT_THAT(last.because, HasSubstr("cuda:1: it failed this attempt"));
}

TEST(TaskBackends, ABackendThatFailsTooOftenRestsAndIsTriedAgain) {
  task_backends backends{node_with(1), {.failures = 3, .rest = 1s}};
  const auto shape = either();
  fail_times(backends, shape, 3);

  const auto meanwhile = pick(backends, {shape, 0, 100});
  EXPECT_EQ(meanwhile.name, "simd");
  EXPECT_THAT(meanwhile.because, HasSubstr("cuda:1: it failed too often"));

  const auto trial = pick(backends, {shape, 0, 100}, t0 + 1s);
  EXPECT_EQ(trial.name, "cuda:1");
  EXPECT_EQ(pick(backends, {shape, 0, 100}, t0 + 1s).name, "simd") << "one trial at a time";
  backends.on_done(trial, 1ms);
  EXPECT_EQ(backends.state_of("cuda:1", t0 + 1s), breaker_state::closed);
}

TEST(TaskBackends, WhoDemandsTheGpuFailsFast) {
  task_backends backends{node_with(1), {.failures = 3}};
  const auto shape = gpu_only();
  fail_times(backends, shape, 3);

  const auto refused = backends.choose({shape, 0, 100}, t0);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::overloaded) << "it may be tried again, by its own retries";
  EXPECT_THAT(refused.error().context, HasSubstr("cuda:1: it failed too often"));
}

TEST(TaskBackends, AQuarantinedGpuIsNotChosen) {
  task_backends backends{node_with(2)};
  const auto shape = gpu_only();
  backends.quarantine({1}, "illegal address");
  backends.quarantine({1}, "a later reason");

  EXPECT_EQ(pick(backends, {shape, 0, 100}).name, "cuda:2");
  backends.quarantine({2}, "fell off the bus");
  const auto refused = backends.choose({shape, 0, 100}, t0);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::device_faulted) << "another node may have one";
  EXPECT_THAT(refused.error().context, HasSubstr("cuda:1: quarantined (illegal address)"));
  EXPECT_EQ(backends.quarantined({1}), "illegal address");
  EXPECT_THAT(backends.quarantined({0}), IsEmpty());
}

TEST(TaskBackends, TheNamedGpuIsTheOnlyOne) {
  task_backends backends{node_with(2)};
  auto shape = either();
  shape.where.device = 2;

  EXPECT_EQ(pick(backends, {shape, 0, 100}).name, "cuda:2");
}

TEST(TaskBackends, MemoryOfTheHostMustBeThereToo) {
  task_backends backends{node_with(1)};
  auto shape = either();
  shape.needs.host_bytes = 17 * GiB;

  const auto chosen = pick(backends, {shape, 0, 100});

  EXPECT_EQ(chosen.name, "simd");
  EXPECT_THAT(chosen.because, HasSubstr("cuda:1: needs 18253611008 host bytes, has 17179869184"));
}

TEST(TaskBackends, NoTaskHasMoreMemoryThanItsNodeLetsATaskHave) {
  task_backends backends{node_with(1), {}, GiB};
  auto shape = either();
  shape.needs.host_bytes = GiB;
  shape.variants[0].host_bytes = GiB + 1;

  EXPECT_EQ(pick(backends, {shape, 0, 100}).name, "cuda:1");
  const auto refused = backends.choose({shape, 0, 100, {{"cuda:1", 0, error{errc::not_supported}}}}, t0);

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().context, HasSubstr("simd: needs 1073741825 host bytes, a task here may have 1073741824"));
}

TEST(TaskBackends, WhatFitsNowhereIsInfeasible) {
  task_backends backends{node_with(1)};
  auto shape = gpu_only();
  shape.needs.gpu_bytes = 9 * GiB;

  const auto refused = backends.choose({shape, 0, 100}, t0);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::infeasible);
  EXPECT_THAT(refused.error().context, HasSubstr("needs 9663676416 bytes, has 8589934592"));
}

TEST(TaskBackends, WhereThereIsNoGpuItSaysSo) {
  task_backends backends{node_with(0)};
  auto shape = gpu_only();
  shape.variants = {{0, 0, 500, 0}};

  const auto refused = backends.choose({shape, 0, 100}, t0);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::infeasible);
}

}  // namespace
}  // namespace dunlin

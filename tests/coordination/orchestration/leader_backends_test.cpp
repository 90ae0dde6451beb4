// SPDX-License-Identifier: Apache-2.0
// What nodes chose to run tasks with, and devices that broke, as the leader goes by them.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

node with_gpu(const std::string& name) { return node(name).slots(10).device("cpu", 4, 1'000).device("cuda", 100, 500); }

/// One GPU or all four cores.
task_spec either() {
  return work().with([](task_spec& spec) {
    spec.shape.needs.gpu_milli = 1'000;
    spec.shape.variants = {resources{4'000, 0, 0, 0}};
  });
}

task_spec gpu_only() {
  return work().with([](task_spec& spec) { spec.shape.needs.gpu_milli = 1'000; });
}

TEST(ChosenBackend, IsWhatATaskTakesOfItsNode) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  t.add(either());
  const auto first = t.only_grant(a);
  ASSERT_EQ(first.variant, 0);

  t.start_on(a, first, "simd", 1);
  t.add(either());

  EXPECT_EQ(t.only_grant(a).variant, 0) << "the GPU is free again, the cores are taken";
}

TEST(ChosenBackend, LetsWhoWaitedForWhatItLeavesGo) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  t.add(either());
  const auto first = t.only_grant(a);
  t.add(gpu_only());
  ASSERT_THAT(t.grants(a), IsEmpty()) << "the GPU is kept for the first";

  t.start_on(a, first, "simd", 1);

  EXPECT_THAT(t.grants(a), SizeIs(1));
}

TEST(ChosenBackend, IsExplainedWhileTheTaskRunsAndStoredWithIt) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  const auto id = t.add(either());

  t.start_on(a, t.only_grant(a), "cuda:1", 0);

  EXPECT_THAT(t.explain(id).summary, HasSubstr("It runs on cuda:1: done first."));
  const auto stored = t.store.at(id).status.usage.device;
  ASSERT_THAT(stored, SizeIs(1));
  EXPECT_EQ(stored[0].backend, "cuda:1");
}

TEST(ChosenBackend, OfAnOlderGrantOrAnUnknownVariantChangesNothing) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  const auto id = t.add(either());
  auto grant = t.only_grant(a);
  ++grant.epoch;

  t.start_on(a, grant, "simd", 1);

  EXPECT_EQ(t.explain(id).summary.find("simd"), std::string::npos);
  --grant.epoch;
  t.start_on(a, grant, "simd", 9);
  t.add(either());
  EXPECT_EQ(t.only_grant(a).variant, 1) << "the first has the GPU still";
}

TEST(QuarantinedDevice, IsNotGrantedAnyMore) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  const auto b = t.join(with_gpu("b"));
  t.join(with_gpu("a").quarantine(1, "an illegal address"));

  t.add(gpu_only());
  const auto waits = t.add(gpu_only());

  EXPECT_THAT(t.grants(b), SizeIs(1));
  EXPECT_THAT(t.grants(a), IsEmpty());
  EXPECT_THAT(t.explain(waits).nodes.at(0).reason, HasSubstr("device 1 is quarantined (an illegal address)"));
}

TEST(QuarantinedDevice, LeavesTheCoresOfItsNodeInUse) {
  leader_story t;
  const auto a = t.join(with_gpu("a").quarantine(1, "an illegal address"));

  t.add(either());

  EXPECT_EQ(t.only_grant(a).variant, 1);
}

TEST(QuarantinedDevice, IsNotLeasedByName) {
  leader_story t;
  t.join(with_gpu("a").quarantine(1, "an illegal address"));

  const auto answer = t.submit({work().with([](task_spec& spec) {
    spec.shape.sharing = sharing_pattern::exclusive;
    spec.shape.where.device = 1;
  })});

  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().context, HasSubstr("its device 1 is quarantined (an illegal address)"));
}

TEST(QuarantinedDevice, ThatAnotherTaskBrokeCountsNeitherAsFailureNorAsCrash) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  const auto id = t.add(work().retries(0));
  for (std::uint64_t sequence = 1; sequence <= 6; ++sequence) {
    const auto grant = t.only_grant(a);
    t.start(a, grant);
    t.end(a, sequence, {t.outcome_of(grant, errc::device_faulted)});
  }

  const auto row = t.leader->tasks().find(id);
  EXPECT_EQ(row->fail_count, 0U);
  EXPECT_EQ(row->crash_count, 0U);
  EXPECT_THAT(t.grants(a), SizeIs(1)) << "it is tried again";
}

TEST(QuarantinedDevice, ThatATaskBrokeItselfCountsAsACrashNotAsAFailure) {
  leader_story t;
  const auto a = t.join(with_gpu("a"));
  const auto id = t.add(work().retries(0));
  const auto grant = t.only_grant(a);
  t.start(a, grant);
  auto outcome = t.outcome_of(grant, errc::device_faulted);
  outcome.crashed = true;

  t.end(a, 1, {outcome});

  const auto row = t.leader->tasks().find(id);
  EXPECT_EQ(row->state, task_state::leased) << "its own retries are not touched";
  EXPECT_EQ(row->fail_count, 0U);
  EXPECT_EQ(row->crash_count, 1U) << "after five it is dead, or it would break every device";
}

}  // namespace
}  // namespace dunlin

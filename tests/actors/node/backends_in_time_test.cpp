// SPDX-License-Identifier: Apache-2.0
// A node with a GPU, which is a fake: tasks that may run there or on cores, a GPU that fails, and one that breaks.
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class BackendsInTime : public FakeTimeFixture {
 protected:
  BackendsInTime() {
    fake_device_options options;
    options.properties = {device_id{1}, "cuda", "fake gpu", 132, 1U << 30U, "hard"};
    gpu = std::make_shared<fake_device>(options);
    adjust = [](local_node_config& config) { config.dispatch.breaker = {.failures = 3, .rest = 1s}; };
  }

  /// One GPU or one core.
  static grant_options either(std::string payload = "echo done") {
    auto out = a_task(std::move(payload));
    out.variants = {resources{1'000, 0, 0, 0}};
    return out;
  }

  static grant_options gpu_only() {
    auto out = a_task("echo done");
    out.device = true;
    out.on = 1;
    return out;
  }

  std::string backend_of(const task_id& task) const {
    const auto used = outcome_of(task).usage.device;
    return used.empty() ? "none" : used.front().backend;
  }
  device_summary told_of_gpu() const {
    return leader->look([](const auto& all) { return all.reports.back().devices.at(1); });
  }
};

TEST_F(BackendsInTime, ATaskRunsOnTheGpuAndSaysWhatItUsedThere) {
  gpu->set_cost(2'000'000, 1'500'000);
  start(1);

  const auto task = grant(either());

  EXPECT_THAT(outcome_of(task), Succeeds("done"));
  EXPECT_EQ(gpu->steps_run(), 1U);
  const auto used = outcome_of(task).usage.device.at(0);
  EXPECT_EQ(used.backend, "cuda:1");
  EXPECT_EQ(used.kernel_ns, 1'500'000U);
  EXPECT_EQ(used.kernel_is, exactness::upper_bound) << "nobody says that others did not work there";
}

TEST_F(BackendsInTime, MeasuredTimesDecideOnceTheyAreKnown) {
  gpu->set_cost(9'000'000, 9'000'000);
  device->set_cost(1'000'000, 1'000'000);
  start(1);
  for (int i = 0; i < 6; ++i) grant(either());

  const auto task = grant(either());

  EXPECT_EQ(backend_of(task), "simd");
  EXPECT_THAT(outcome_of(task).usage.device.at(0).because, HasSubstr("cuda:1: 9000 us"));
  EXPECT_EQ(gpu->steps_run(), 3U);
}

TEST_F(BackendsInTime, AFailingGpuOpensItsBreakerAndTasksFinishOnTheCores) {
  gpu->fail_next(3, error{errc::not_supported, "no kernel image for this GPU"});
  start(1);
  std::vector<task_id> tasks;
  while (tasks.size() < 5) tasks.push_back(grant(either()));

  for (const auto& task : tasks) {
    EXPECT_THAT(outcome_of(task), Succeeds("done"));
    EXPECT_EQ(backend_of(task), "simd");
  }
  EXPECT_EQ(gpu->steps_run(), 3U) << "then it is left alone";
  EXPECT_THAT(outcome_of(tasks[4]).usage.device.at(0).because, HasSubstr("cuda:1: it failed too often"));

  pass(1s);
  EXPECT_EQ(backend_of(grant(either())), "cuda:1") << "the trial";
  EXPECT_EQ(backend_of(grant(either())), "cuda:1") << "it has recovered";
}

TEST_F(BackendsInTime, AFaultedGpuIsQuarantinedAndItsTaskFinishesOnTheCores) {
  gpu->fail_next(1, error{errc::device_faulted, "an illegal address"});
  start(2);

  const auto task = grant(either());

  EXPECT_THAT(outcome_of(task), Succeeds("done"));
  EXPECT_EQ(backend_of(task), "simd");
  EXPECT_THAT(told_of_gpu().quarantine, HasSubstr("an illegal address"));
  EXPECT_THAT(leader->look([](const auto& all) { return all.reports.back().devices.at(0).quarantine; }), IsEmpty());
  EXPECT_EQ(backend_of(grant(either())), "simd") << "nothing is placed there any more";
  EXPECT_EQ(gpu->steps_run(), 1U);
}

TEST_F(BackendsInTime, TasksThatNeedTheFaultedGpuGoBackToTheLeader) {
  steps_run = false;
  start(2);
  const auto broke = grant(gpu_only());
  const auto waits = grant(gpu_only());
  gpu->fail_next(1, error{errc::device_lost, "fell off the bus"});

  steps_run = true;
  settle();
  const auto late = grant(gpu_only());

  EXPECT_TRUE(outcome_of(broke).crashed);
  EXPECT_THAT(outcome_of(broke), FailsWith(errc::device_lost, "fell off the bus"));
  const auto returned = leader->look([](const auto& all) { return all.returned; });
  EXPECT_THAT(returned, SizeIs(2));
  EXPECT_THAT(returned, Contains(::testing::Field(&task_epoch::id, waits)));
  EXPECT_THAT(returned, Contains(::testing::Field(&task_epoch::id, late)));
  EXPECT_THAT(outcome_of(grant(a_task("echo alive"))), Succeeds("alive")) << "the node lives";
}

TEST_F(BackendsInTime, TheLeasesOfAFaultedGpuEnd) {
  gpu->fail_next(1, error{errc::device_faulted, "an illegal address"});
  start(2);
  grant(either());

  pass(500ms);

  const auto told = beats().back().devices.at(1);
  EXPECT_EQ(told.sharing.holders, 0U);
  EXPECT_EQ(told.sharing.waiting, 0U);
}

TEST_F(BackendsInTime, AHeartbeatSaysWhatADeviceMeasuredOrWhyNot) {
  device->set_telemetry({true, 0, 100, {{10, 4, 3, 2, 1, 0}}});
  start(1);
  device->set_telemetry({true, 50'000'000, 100, {{10, 4, 3, 2, 1, 0}}});

  pass(750ms);

  std::vector<std::int32_t> busy;
  for (const auto& beat : beats())
    for (const auto& told : beat.devices)
      if (told.id == device_id{0}) busy.push_back(told.figures.busy_permille);
  EXPECT_THAT(busy, Contains(200)) << "50 of 250 ms";
  const auto last = beats().back().devices;
  ASSERT_THAT(last, SizeIs(2));
  EXPECT_EQ(last[0].figures.held_bytes, 100U);
  EXPECT_EQ(last[0].figures.pool.at(0).asked, 4U);
  EXPECT_EQ(last[1].figures.busy_permille, -1);
  EXPECT_EQ(last[1].figures.why_unmeasured, "the device does not tell");
}

TEST_F(BackendsInTime, ATaskGetsNoMoreMemoryThanItsNodeLetsATaskHave) {
  adjust = [](local_node_config& config) { config.max_memory_per_task = 1'000; };
  start(1);

  EXPECT_THAT(outcome_of(grant(a_task("memory 2000"))), FailsWith(errc::quota_exceeded, ""));
  EXPECT_THAT(leader->look([](const auto& all) { return all.reports.back().max_memory_per_task; }), 1'000U);
}

TEST_F(BackendsInTime, AlsoOneThatNamesAHigherCap) {
  adjust = [](local_node_config& config) { config.max_memory_per_task = 1'000; };
  start(1);
  auto greedy = a_task("memory 2000");
  greedy.host_bytes = 5'000;

  EXPECT_THAT(outcome_of(grant(greedy)), FailsWith(errc::quota_exceeded, ""));
}

}  // namespace dunlin::testing

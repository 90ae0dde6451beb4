// SPDX-License-Identifier: Apache-2.0
// A node whose GPU, which is a fake, breaks: its leases end, its agents' tasks are tried elsewhere, the node lives.
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class QuarantineInTime : public FakeTimeFixture {
 protected:
  QuarantineInTime() {
    fake_device_options options;
    options.properties = {device_id{1}, "cuda", "fake gpu", 132, 1U << 30U, "hard"};
    gpu = std::make_shared<fake_device>(options);
  }

  static error fell_off() { return error{errc::device_lost, "fell off the bus"}; }

  /// Half a GPU or one core, so that two share it.
  static grant_options either(std::string payload) {
    auto out = a_task(std::move(payload));
    out.variants = {resources{1'000, 0, 0, 0}};
    out.gpu_milli = 500;
    return out;
  }
  static grant_options gpu_only(std::string payload) {
    auto out = a_task(std::move(payload));
    out.device = true;
    out.on = 1;
    return out;
  }

  std::string quarantine_told() const {
    return leader->look([](const auto& all) { return all.reports.back().devices.at(1).quarantine; });
  }
  std::vector<task_epoch> returned() const {
    return leader->look([](const auto& all) { return all.returned; });
  }
};

TEST_F(QuarantineInTime, EndsItsLeasesAndItsAgentsTasksAreTriedElsewhere) {
  start(3);
  steps_run = false;
  const auto ran = grant(either("echo one"));
  const auto ran_too = grant(either("echo two"));
  const auto waits = grant(gpu_only("echo three"));
  gpu->fail_next(1, fell_off());

  ASSERT_TRUE(gpu->run_next());
  settle();
  steps_run = true;
  settle();
  pass(500ms);

  EXPECT_THAT(quarantine_told(), HasSubstr("fell off the bus"));
  EXPECT_THAT(outcome_of(ran), Succeeds("one"));
  EXPECT_THAT(outcome_of(ran_too), Succeeds("two"));
  EXPECT_THAT(returned(), Contains(::testing::Field(&task_epoch::id, waits))) << "nothing else here will do";
  const auto told = beats().back().devices.at(1);
  EXPECT_EQ(told.sharing.holders, 0U);
  EXPECT_EQ(told.sharing.waiting, 0U);
  EXPECT_THAT(outcome_of(grant(a_task("echo alive"))), Succeeds("alive"));
}

TEST_F(QuarantineInTime, TheDevicesOwnWordIsEnoughWhoeverUsesIt) {
  start(1);

  gpu->break_with(fell_off());
  pass(500ms);

  EXPECT_THAT(quarantine_told(), HasSubstr("fell off the bus"));
  const auto late = grant(gpu_only("echo late"));
  EXPECT_THAT(returned(), Contains(::testing::Field(&task_epoch::id, late)));
  EXPECT_THAT(outcome_of(grant(a_task("echo alive"))), Succeeds("alive"));
}

TEST_F(QuarantineInTime, AStepThatTheDeviceNeverEndsIsTriedElsewhere) {
  start(1);
  steps_run = false;
  const auto task = grant(either("echo done"));
  ASSERT_TRUE(gpu->begin(queue_of(1)));

  gpu->break_with(fell_off());
  pass(300ms);
  gpu->fail_next(1, fell_off());
  ASSERT_TRUE(gpu->finish(queue_of(1)));
  steps_run = true;
  settle();

  EXPECT_THAT(outcome_of(task), Succeeds("done"));
  EXPECT_EQ(outcome_of(task).usage.device.at(0).backend, "simd");
}

TEST_F(QuarantineInTime, AFaultIsHeardAlsoOfAStepThatIsStopped) {
  adjust = [](local_node_config& config) { config.dispatch.stop_patience = 10s; };
  start(1);
  steps_run = false;
  const auto task = grant(gpu_only("echo done"));
  ASSERT_TRUE(gpu->begin(queue_of(1)));
  cancel(task);
  settle();

  gpu->fail_next(1, fell_off());
  ASSERT_TRUE(gpu->finish(queue_of(1)));
  settle();

  EXPECT_EQ(outcome_of(task).code, errc::cancelled);
  EXPECT_THAT(quarantine_told(), HasSubstr("fell off the bus"));
}

TEST_F(QuarantineInTime, ADeviceThatWorksIsLeftInUse) {
  start(1);

  pass(1s);

  EXPECT_THAT(quarantine_told(), IsEmpty());
  EXPECT_THAT(outcome_of(grant(gpu_only("echo done"))), Succeeds("done"));
}

}  // namespace dunlin::testing

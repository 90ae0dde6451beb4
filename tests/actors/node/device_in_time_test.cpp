// SPDX-License-Identifier: Apache-2.0
// Devices and their leases, to the tick.
#include "tests/actors/node/fake_time_fixture.hpp"
#include "tests/support/fake_gate.hpp"

namespace dunlin::testing {

class DeviceInTime : public FakeTimeFixture {
 protected:
  /// Two agents on a device that runs two steps at once; steps stay on it until the test says otherwise.
  void start_two_at_once() {
    fake_device_options two_slots;
    two_slots.properties.compute_units = 2;
    device = std::make_shared<fake_device>(two_slots);
    start(2);
    steps_run = false;
  }

  /// One agent with a short lease; steps stay on the device until the test says otherwise.
  void start_with_short_lease() {
    adjust = [](local_node_config& config) { config.lease_ttl = 300ms; };
    start(1);
    steps_run = false;
  }

  task_id grant_lease(milliseconds timeout = milliseconds{120'000}) {
    auto task = a_task("lease", timeout);
    task.device = true;
    return grant(task);
  }
};

TEST_F(DeviceInTime, ADeviceThatIsNotHereIsRefusedInWords) {
  start(1);
  auto far = a_task("echo");
  far.on = 900;

  EXPECT_THAT(outcome_of(grant(far)), FailsWith(errc::infeasible, "there is no device 900 here, only 0 to 0"));
  far.device = true;
  EXPECT_THAT(outcome_of(grant(far)), FailsWith(errc::infeasible, "there is no device 900 here"));
  EXPECT_THAT(outcome_of(grant(a_task("echo alive"))), Succeeds("alive"));
}

TEST_F(DeviceInTime, ATasksTimeIsNotThatOfItsWaitsBetweenSteps) {
  device->set_gate(std::make_shared<fake_gate>(300ns));
  device->set_cost(1'000, 200);
  start(1);
  auto task = a_task("steps 2");
  task.device = true;

  const auto outcome = outcome_of(grant(task));

  EXPECT_EQ(outcome.code, errc::none) << outcome.why;
  EXPECT_EQ(outcome.usage.run_ns, 400U);
}

TEST_F(DeviceInTime, ACancelThatCrossesItsDevicesGrantHarmsNobody) {
  start_two_at_once();
  const auto holds = grant_lease();
  const auto waits = grant_lease();
  ASSERT_TRUE(device->run_next());  // the holder has finished: the other one will be granted the device …

  cancel(waits);  // … and is cancelled before that
  const auto next = grant_lease();
  const auto last = grant_lease();
  steps_run = true;
  settle();

  EXPECT_EQ(outcome_of(holds).code, errc::none);
  EXPECT_THAT(outcome_of(waits), FailsWith(errc::cancelled, ""));
  EXPECT_EQ(outcome_of(next).code, errc::none) << outcome_of(next).why;
  EXPECT_EQ(outcome_of(last).code, errc::none) << outcome_of(last).why;
}

TEST_F(DeviceInTime, ATaskMayHoldADeviceAsLongAsItsTimeoutAllows) {
  start_two_at_once();
  const milliseconds long_time{400'000};
  const auto holds = grant_lease(long_time);
  ASSERT_TRUE(device->begin(queue_of(1)) || device->begin(queue_of(2)));
  const auto waits = grant_lease(long_time);

  pass(350s);

  EXPECT_FALSE(has_ended(holds));
  EXPECT_FALSE(has_ended(waits));
  EXPECT_EQ(beats().back().devices.front().sharing.waiting, 1U);
  EXPECT_TRUE(device->finish(queue_of(1)) || device->finish(queue_of(2)));
  steps_run = true;
  settle();
  EXPECT_EQ(outcome_of(holds).code, errc::none);
  EXPECT_EQ(outcome_of(waits).code, errc::none);
}

TEST_F(DeviceInTime, AHolderWhoseLeaseEndedUnnoticedIsFencedOffAndStopped) {
  start_with_short_lease();
  const auto holds = grant_lease();
  ASSERT_TRUE(device->begin(queue_of(1)));

  jump(1s);  // the coordinator slept through the renewals

  device_step late;
  late.queue = queue_of(1);
  late.token = 1;
  late.run = []() -> result<void> { return {}; };
  late.done = [](const step_report&) {};
  const auto refused = device->submit(std::move(late));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::fenced_off);
  pass(1'100ms);
  EXPECT_THAT(outcome_of(holds), FailsWith(errc::lease_expired, "abandoned"));
}

TEST_F(DeviceInTime, ALeaseIsRenewedWhileItsTaskRuns) {
  start_with_short_lease();
  const auto holds = grant_lease();
  ASSERT_TRUE(device->begin(queue_of(1)));

  pass(10s);
  ASSERT_FALSE(has_ended(holds));
  ASSERT_TRUE(device->finish(queue_of(1)));
  settle();

  EXPECT_EQ(outcome_of(holds).code, errc::none);
}

}  // namespace dunlin::testing

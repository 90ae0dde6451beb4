// SPDX-License-Identifier: Apache-2.0
// What a node does when, to the tick: one thread, fake time, the same run every time.
#include "actors/node/progress_slot.hpp"
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::SizeIs;

class NodeInTime : public FakeTimeFixture {
 protected:
  static grant_options a_task(std::string payload, milliseconds timeout = milliseconds{120'000}) {
    grant_options out;
    out.payload = std::move(payload);
    out.timeout = timeout;
    return out;
  }

  std::vector<heartbeat> beats() const {
    return leader->look([](const auto& all) { return all.beats; });
  }

  /// The order has arrived; nothing has been done about it.
  void cancel(const task_id& task) {
    node->hear(cancel_order{{task, make_epoch(1, static_cast<std::uint32_t>(task.low))}, errc::cancelled});
  }

  std::size_t said(std::string_view what) const {
    return leader->look([&](const auto& all) {
      return static_cast<std::size_t>(std::count(all.order.begin(), all.order.end(), what));
    });
  }
};

// -- heartbeats

TEST_F(NodeInTime, BeatsFourTimesASecond) {
  start();

  pass(1s);

  const auto all = beats();
  ASSERT_THAT(all, SizeIs(5));
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].sequence, i + 1);
    EXPECT_EQ(all[i].lateness, milliseconds{0});
  }
  EXPECT_THAT(all.back().devices, SizeIs(1));
  EXPECT_GT(all.back().rss_bytes, 0U);
}

TEST_F(NodeInTime, SaysHowLateItsBeatIs) {
  start();

  jump(400ms);

  EXPECT_EQ(beats().back().lateness, milliseconds{150});
}

TEST_F(NodeInTime, IsSilentWhileItHasNoLeader) {
  start();
  node->on_leader_down();
  settle();
  const auto before = beats().size();

  pass(2s);

  EXPECT_EQ(beats().size(), before);
}

TEST_F(NodeInTime, BeatsOnceAPeriodHoweverOftenTheLeaderComesBack) {
  start();
  for (int i = 0; i < 3; ++i) {
    node->on_leader_down();
    node->on_leader_up();
  }
  settle();
  const auto before = beats().size();

  pass(1s);

  EXPECT_EQ(beats().size(), before + 4);
}

TEST_F(NodeInTime, WakesOnlyForItsHeartbeatWhenIdle) {
  start();
  grant(a_task("echo done"));
  pass(1s);

  EXPECT_EQ(pass(10s), 40U);
}

TEST_F(NodeInTime, TellsWhatRunsAndWhatWaits) {
  start(1);
  steps_run = false;
  grant(a_task("echo"));
  grant(a_task("echo"));

  pass(300ms);

  EXPECT_EQ(beats().back().running, 1U);
  EXPECT_EQ(beats().back().queued, 1U);
}

// -- the end of a task

TEST_F(NodeInTime, AStuckHandlerIsAbandonedAfterItsTimeoutAndAMoment) {
  start(1);
  steps_run = false;
  const auto task = grant(a_task("echo", milliseconds{500}));
  ASSERT_TRUE(device->begin(queue_of(1)));

  pass(1'490ms);
  EXPECT_FALSE(has_ended(task));
  EXPECT_EQ(device->stuck(), 0U);
  pass(100ms);

  EXPECT_THAT(outcome_of(task), FailsWith(errc::timeout, "abandoned"));
  EXPECT_EQ(device->stuck(), 1U);
}

TEST_F(NodeInTime, AnotherAgentTakesOverFromAnAbandonedOne) {
  start(1);
  steps_run = false;
  grant(a_task("echo", milliseconds{500}));
  ASSERT_TRUE(device->begin(queue_of(1)));
  const auto waits = grant(a_task("echo next"));
  pass(1'600ms);
  steps_run = true;

  pass(200ms);  // the pause before an agent is started again

  EXPECT_THAT(outcome_of(waits), Succeeds("next"));
}

TEST_F(NodeInTime, RenewsTheLeasesOfItsTasksEveryFiveSeconds) {
  start(1);
  steps_run = false;
  grant(a_task("echo"));
  const auto before = said("lease_renewal");

  pass(20s);

  EXPECT_EQ(said("lease_renewal") - before, 4U);
}

TEST_F(NodeInTime, ATaskIsStoppedBeforeALeaseThatNobodyRenewsEnds) {
  start(1);
  steps_run = false;
  leader->answer_to(nullptr);
  const auto task = grant(a_task("echo"));
  ASSERT_TRUE(device->begin(queue_of(1)));

  pass(11'900ms);
  EXPECT_FALSE(has_ended(task));
  pass(1'300ms);

  EXPECT_THAT(outcome_of(task), FailsWith(errc::lease_expired, "abandoned"));
}

TEST_F(NodeInTime, NoMoreHandlersStartThanTheDeviceHasSlots) {
  start(2);  // two agents, one slot
  steps_run = false;
  const auto first = grant(a_task("echo 1"));
  const auto second = grant(a_task("echo 2", milliseconds{500}));

  pass(5s);

  EXPECT_EQ(beats().back().running, 1U);
  EXPECT_EQ(beats().back().queued, 1U);
  EXPECT_FALSE(has_ended(second)) << "its time has not begun";
  steps_run = true;
  settle();
  EXPECT_THAT(outcome_of(first), Succeeds("1"));
  EXPECT_THAT(outcome_of(second), Succeeds("2"));
}

TEST_F(NodeInTime, AFullDeviceDoesNotHoldUpWhatNeedsNoThread) {
  start(2);
  steps_run = false;
  grant(a_task("echo 1"));
  auto quick = a_task("echo beside");
  quick.kind = "quick";

  EXPECT_THAT(outcome_of(grant(quick)), Succeeds("beside"));
}

// -- progress

TEST_F(NodeInTime, OfReportsInOneMomentTheNewestIsTold) {
  start(1);
  steps_run = false;
  grant(a_task("halves"));

  device->run_all();  // both reports are made before the dispatcher runs
  settle_actors();

  const auto told = leader->look([](const auto& all) { return all.progress; });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().progress.percent, 100);
}

TEST_F(NodeInTime, ALongReportIsCutBetweenTwoCharacters) {
  std::string text;
  while (text.size() < 2'000) text += "€";
  start(1);

  grant(a_task("report " + text));

  const auto told = leader->look([](const auto& all) { return all.progress; });
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(told.front().progress.message, text.substr(0, 1'023));
}

task_progress at(std::uint8_t percent) { return {percent, "", 0, 0}; }

TEST(ProgressSlot, TellsTheFirstReportAtOnce) {
  progress_slot slot;

  EXPECT_EQ(slot.put(at(10), time_point{5s}), duration{0});
}

TEST(ProgressSlot, KeepsOnlyTheNewestWhileOneIsUnderWay) {
  progress_slot slot;
  slot.put(at(10), time_point{5s});

  EXPECT_EQ(slot.put(at(20), time_point{5s}), std::nullopt);
  EXPECT_EQ(slot.put(at(30), time_point{9s}), std::nullopt);

  EXPECT_EQ(slot.take(time_point{9s}).percent, 30);
}

TEST(ProgressSlot, TellsALaterReportWhenTheTimeIsOver) {
  progress_slot slot;
  slot.put(at(10), time_point{5s});
  slot.take(time_point{5s});

  EXPECT_EQ(slot.put(at(20), time_point{5s} + 30ms), duration{70ms});
  EXPECT_EQ(slot.take(time_point{5s} + 100ms).percent, 20);
  EXPECT_EQ(slot.put(at(30), time_point{6s}), duration{0});
}

// -- devices

TEST_F(NodeInTime, ADeviceThatIsNotHereIsRefusedInWords) {
  start(1);
  auto far = a_task("echo");
  far.on = 900;

  EXPECT_THAT(outcome_of(grant(far)), FailsWith(errc::infeasible, "there is no device 900 here, only 0 to 0"));
  far.device = true;
  EXPECT_THAT(outcome_of(grant(far)), FailsWith(errc::infeasible, "there is no device 900 here"));
  EXPECT_THAT(outcome_of(grant(a_task("echo alive"))), Succeeds("alive"));
}

TEST_F(NodeInTime, ACancelThatCrossesItsDevicesGrantHarmsNobody) {
  fake_device_options two_slots;
  two_slots.properties.compute_units = 2;
  device = std::make_shared<fake_device>(two_slots);
  start(2);
  steps_run = false;
  auto on_device = a_task("lease");
  on_device.device = true;
  const auto holds = grant(on_device);
  const auto waits = grant(on_device);
  ASSERT_TRUE(device->run_next());  // the holder has finished: the other one will be granted the device …

  cancel(waits);  // … and is cancelled before that
  const auto next = grant(on_device), last = grant(on_device);
  steps_run = true;
  settle();

  EXPECT_EQ(outcome_of(holds).code, errc::none);
  EXPECT_THAT(outcome_of(waits), FailsWith(errc::cancelled, ""));
  EXPECT_EQ(outcome_of(next).code, errc::none) << outcome_of(next).why;
  EXPECT_EQ(outcome_of(last).code, errc::none) << outcome_of(last).why;
}

TEST_F(NodeInTime, ATaskMayHoldADeviceAsLongAsItsTimeoutAllows) {
  fake_device_options two_slots;
  two_slots.properties.compute_units = 2;
  device = std::make_shared<fake_device>(two_slots);
  start(2);
  steps_run = false;
  auto on_device = a_task("lease", milliseconds{400'000});
  on_device.device = true;
  const auto holds = grant(on_device);
  ASSERT_TRUE(device->begin(queue_of(1)) || device->begin(queue_of(2)));
  const auto waits = grant(on_device);

  pass(350s);

  EXPECT_FALSE(has_ended(holds));
  EXPECT_FALSE(has_ended(waits));
  EXPECT_EQ(beats().back().devices.front().waiting, 1U);
  EXPECT_TRUE(device->finish(queue_of(1)) || device->finish(queue_of(2)));
  steps_run = true;
  settle();
  EXPECT_EQ(outcome_of(holds).code, errc::none);
  EXPECT_EQ(outcome_of(waits).code, errc::none);
}

TEST_F(NodeInTime, AHolderWhoseLeaseEndedUnnoticedIsFencedOffAndStopped) {
  adjust = [](local_node_config& config) { config.lease_ttl = 300ms; };
  start(1);
  steps_run = false;
  auto on_device = a_task("lease");
  on_device.device = true;
  const auto holds = grant(on_device);
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

TEST_F(NodeInTime, ALeaseIsRenewedWhileItsTaskRuns) {
  adjust = [](local_node_config& config) { config.lease_ttl = 300ms; };
  start(1);
  steps_run = false;
  auto on_device = a_task("lease");
  on_device.device = true;
  const auto holds = grant(on_device);
  ASSERT_TRUE(device->begin(queue_of(1)));

  pass(10s);
  ASSERT_FALSE(has_ended(holds));
  ASSERT_TRUE(device->finish(queue_of(1)));
  settle();

  EXPECT_EQ(outcome_of(holds).code, errc::none);
}

}  // namespace dunlin::testing

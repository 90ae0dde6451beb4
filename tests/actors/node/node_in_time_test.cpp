// SPDX-License-Identifier: Apache-2.0
// What a node does when, to the tick: one thread, fake time, the same run every time.
#include "actors/node/progress_slot.hpp"
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::SizeIs;

class NodeInTime : public FakeTimeFixture {
 protected:
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

}  // namespace dunlin::testing

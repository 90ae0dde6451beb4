// SPDX-License-Identifier: Apache-2.0
// Tasks that ask for a device: the coordinator grants it to one agent after the other.
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class DeviceLease : public NodeFixture {
 protected:
  DeviceLease() { rig_ = start(impatient()); }

  static grant_options on_device(std::string payload) {
    grant_options task;
    task.payload = std::move(payload);
    task.device = true;
    return task;
  }

  /// Waits for a heartbeat in which the device's line is as wished.
  template <class Condition>
  bool device_shows(Condition holds) {
    return rig_->leader->until([&](const auto& all) {
      return !all.beats.empty() && !all.beats.back().devices.empty() && holds(all.beats.back().devices.front());
    });
  }

  static std::uint64_t token_in(const task_outcome& outcome) {
    const auto text = text_of(outcome);
    return std::stoull(text.substr(text.rfind(' ') + 1));
  }

  std::unique_ptr<node_rig> rig_;
};

TEST_F(DeviceLease, IsShownToTheHandlerThatAskedForIt) {
  EXPECT_THAT(text_of(rig_->run(on_device("lease"))), StartsWith("device 0 token "));
}

TEST_F(DeviceLease, GivesItsHolderTheKernelsOfItsCores) {
  EXPECT_THAT(rig_->run(on_device("sum 1000")), Succeeds("500500 500500"));
  EXPECT_THAT(rig_->run(on_device("sum 2000")), Succeeds("2001000 2001000"));
}

TEST_F(DeviceLease, IsNotNeededForKernelsOnTheHandlersThread) {
  EXPECT_THAT(rig_->run("work", "sum 1000"), Succeeds("500500 500500"));
}

TEST_F(DeviceLease, IsNotGivenToATaskThatDidNotAsk) { EXPECT_THAT(rig_->run("work", "lease"), Succeeds("none")); }

TEST_F(DeviceLease, IsKeptFromStepToStepWhileNobodyElseHasATurn) {
  EXPECT_THAT(text_of(rig_->run(on_device("steps 100"))), StartsWith("device 0 token "));
}

TEST_F(DeviceLease, StepsWithoutOneGoOnAtOnce) { EXPECT_THAT(rig_->run("work", "steps 100"), Succeeds("none")); }

TEST_F(DeviceLease, TellsItsHandlerWhatItAskedForAndUsed) {
  EXPECT_THAT(rig_->run(on_device("use 7")), Succeeds("7 steps, exact, of 1000 milli"));
  EXPECT_THAT(rig_->run("work", "use 7"), Succeeds("0 steps, unmeasured, of 0 milli"));
}

TEST_F(DeviceLease, ShowsWhatItsHolderUsesWhileItWorks) {
  const auto task = rig_->grant(on_device("pace"));

  EXPECT_TRUE(device_shows([](const device_load& load) {
    if (load.sharing.contracts.empty()) return false;
    const auto& used = load.sharing.contracts.front().used;
    return used.busy_is == exactness::exact && used.launches > 0 && used.busy_ns > 0;
  }));
  hung.open();
  EXPECT_EQ(rig_->leader->outcome_of(task).code, errc::none);
  EXPECT_TRUE(device_shows([](const device_load& load) { return load.sharing.holders == 0 && load.alarms == 0; }));
}

TEST_F(DeviceLease, CapsItsHoldersMemoryHardAndShowsThePeak) {
  auto task = on_device("hold 60000");
  task.device_bytes = 100'000;
  const auto fits = rig_->grant(task);
  EXPECT_TRUE(device_shows([](const device_load& load) {
    if (load.sharing.contracts.empty()) return false;
    const auto& contract = load.sharing.contracts.front();
    return contract.granted.memory_bytes == 100'000 && contract.memory_enforcement == enforcement::hard &&
           contract.used.memory_peak_bytes == 60'000;
  }));
  hung.open();
  EXPECT_EQ(rig_->leader->outcome_of(fits).code, errc::none);

  task.payload = "hold 100001";
  EXPECT_THAT(rig_->run(task), FailsWith(errc::quota_exceeded, "100001"));
}

TEST_F(DeviceLease, IsHeldByOneAgentWhileOthersWait) {
  const auto first = rig_->grant(on_device("hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto second = rig_->grant(on_device("lease"));

  ASSERT_TRUE(device_shows([](const auto& load) { return load.sharing.holders == 1 && load.sharing.waiting == 1; }));
  EXPECT_FALSE(rig_->leader->look([&](const auto& all) { return all.outcomes.contains(second); }));
  hung.open();

  EXPECT_THAT(rig_->leader->outcome_of(first), Succeeds("too late"));
  EXPECT_EQ(rig_->leader->outcome_of(second).code, errc::none);
  EXPECT_TRUE(device_shows([](const auto& load) { return load.sharing.holders == 0 && load.sharing.waiting == 0; }));
}

TEST_F(DeviceLease, EveryGrantHasAHigherToken) {
  const auto first = rig_->run(on_device("lease"));
  ASSERT_TRUE(device_shows([](const auto& load) { return load.sharing.holders == 0; }));
  const auto second = rig_->run(on_device("lease"));

  EXPECT_GT(token_in(second), token_in(first));
}

TEST_F(DeviceLease, ATaskWithoutOneIsNotHeldUp) {
  const auto holder = rig_->grant(on_device("hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));

  EXPECT_THAT(rig_->run("work", "echo beside"), Succeeds("beside"));
  hung.open();
  EXPECT_THAT(rig_->leader->outcome_of(holder), Succeeds("too late"));
}

TEST_F(DeviceLease, ManyTasksAllGetTheirTurn) {
  std::vector<task_id> tasks(50);
  for (auto& task : tasks) task = rig_->grant(on_device("lease"));

  for (const auto& task : tasks) EXPECT_THAT(text_of(rig_->leader->outcome_of(task)), StartsWith("device 0"));
}

TEST_F(DeviceLease, AHandlerThatIgnoresItsCancelLosesIt) {
  auto stuck = on_device("hang");
  stuck.timeout = milliseconds{30};

  ASSERT_THAT(rig_->run(stuck), FailsWith(errc::timeout, "abandoned"));

  EXPECT_THAT(text_of(rig_->run(on_device("lease"))), StartsWith("device 0"));
}

TEST_F(DeviceLease, ACancelledTaskStopsWaitingForIt) {
  const auto holder = rig_->grant(on_device("hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto waits = rig_->grant(on_device("lease"));
  ASSERT_TRUE(device_shows([](const auto& load) { return load.sharing.waiting == 1; }));

  rig_->cancel(waits);

  EXPECT_THAT(rig_->leader->outcome_of(waits), FailsWith(errc::cancelled, "device lease"));
  EXPECT_TRUE(device_shows([](const auto& load) { return load.sharing.waiting == 0; }));
  hung.open();
  EXPECT_THAT(rig_->leader->outcome_of(holder), Succeeds("too late"));
}

TEST_F(DeviceLease, IsHeldByManyOnceTheDeviceIsSharedInTurns) {
  rig_->coordinate({.pattern = sharing_pattern::time_sliced});
  const auto first = rig_->grant(on_device("pace"));
  const auto second = rig_->grant(on_device("pace"));

  ASSERT_TRUE(device_shows([](const auto& load) {
    return load.sharing.holders == 2 && load.sharing.pattern == sharing_pattern::time_sliced;
  }));
  hung.open();

  EXPECT_THAT(rig_->leader->outcome_of(first), Succeeds("1"));
  EXPECT_THAT(rig_->leader->outcome_of(second), Succeeds("1"));
}

TEST_F(DeviceLease, ALiveSwitchThroughAllPatternsFailsNobody) {
  rig_->coordinate({.pattern = sharing_pattern::time_sliced});
  const auto first = rig_->grant(on_device("pace"));
  const auto second = rig_->grant(on_device("pace"));
  ASSERT_TRUE(hung.wait_for_visitors(2));

  for (const auto pattern : {sharing_pattern::exclusive, sharing_pattern::space_partitioned,
                             sharing_pattern::time_sliced, sharing_pattern::exclusive, sharing_pattern::time_sliced}) {
    rig_->coordinate({.pattern = pattern});
    ASSERT_TRUE(device_shows([&](const auto& load) { return load.sharing.pattern == pattern; }));
  }
  hung.open();

  for (const auto& task : {first, second}) {
    const auto outcome = rig_->leader->outcome_of(task);
    EXPECT_EQ(outcome.code, errc::none) << outcome.why;
    EXPECT_GE(std::stoi(text_of(outcome)), 2) << "it went on under new contracts";
  }
  EXPECT_TRUE(device_shows([](const auto& load) { return load.sharing.holders == 0; }));
}

TEST_F(DeviceLease, SaysWhyItIsNotSharedAsOrdered) {
  rig_->coordinate({.pattern = sharing_pattern::space_partitioned, .units = {1'000}});

  EXPECT_TRUE(device_shows([](const auto& load) { return load.refusal.find("1000") != std::string::npos; }));

  rig_->coordinate({.pattern = sharing_pattern::space_partitioned});
  EXPECT_TRUE(device_shows([](const auto& load) {
    return load.refusal.empty() && load.sharing.pattern == sharing_pattern::space_partitioned;
  }));
}

TEST_F(DeviceLease, WhoWaitsForItsTurnIsCancelledAtOnce) {
  rig_->coordinate({.pattern = sharing_pattern::time_sliced});
  const auto holder = rig_->grant(on_device("hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto waits = rig_->grant(on_device("pace"));
  ASSERT_TRUE(device_shows([](const auto& load) { return load.sharing.holders == 2; }));

  rig_->cancel(waits);

  EXPECT_EQ(rig_->leader->outcome_of(waits).code, errc::cancelled);
  hung.open();
  EXPECT_THAT(rig_->leader->outcome_of(holder), Succeeds("too late"));
}

TEST_F(DeviceLease, TheDevicesBusyTimeGrowsWithWork) {
  ASSERT_EQ(rig_->run(on_device("burn 20")).code, errc::none);

  EXPECT_TRUE(device_shows([](const auto& load) { return load.busy_ns >= 20'000'000; }));
}

}  // namespace dunlin::testing

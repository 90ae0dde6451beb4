// SPDX-License-Identifier: Apache-2.0
// Whatever happens to links and nodes: every task ends exactly once, its epochs rise, and nothing is forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/coordination/orchestration/sim_swarm.hpp"

namespace dunlin::sim {
namespace {

constexpr duration longest = 300s;

task_spec work(std::string name = {}) {
  task_spec out;
  out.name = std::move(name);
  out.shape.kind = "work";
  out.shape.capabilities = {"any"};
  out.shape.timeout = milliseconds{500};
  out.shape.retry.max_retries = 50;
  out.shape.retry.delay = milliseconds{10};
  out.shape.retry.max_delay = milliseconds{100};
  return out;
}

std::vector<task_spec> some_work(std::size_t count) {
  std::vector<task_spec> out;
  for (std::size_t i = 0; i < count; ++i) {
    out.push_back(work("t" + std::to_string(i)));
    out.back().priority = static_cast<std::uint8_t>(1 + i % 10);
    if (i >= 10 && i % 5 == 0) out.back().depends_on = {"t" + std::to_string(i - 10), "t" + std::to_string(i - 7)};
  }
  return out;
}

void expect_each_ended_once(sim_swarm& swarm, const std::vector<task_id>& ids) {
  for (const auto& id : ids) {
    const auto ended = swarm.ends().find(id);
    ASSERT_NE(ended, swarm.ends().end()) << to_string(id) << " never ended";
    EXPECT_EQ(ended->second, 1) << to_string(id);
    const auto grants = swarm.grants().find(id);
    if (grants == swarm.grants().end()) continue;
    EXPECT_TRUE(std::ranges::is_sorted(grants->second)) << "epochs must rise";
    EXPECT_EQ(std::ranges::adjacent_find(grants->second), grants->second.end()) << "an epoch was given out twice";
  }
}

void expect_no_load_left(sim_swarm& swarm) {
  swarm.run_for(10s);
  for (const auto& metric : swarm.leader().metrics().metrics)
    if (metric.name == "dunlin_node_granted_tasks") {
      EXPECT_EQ(metric.value, 0) << metric.labels.front().value;
    }
}

TEST(SwarmSim, QuietNodesFinishEverything) {
  sim_swarm swarm{{.seed = 3}};
  swarm.run_for(100ms);
  const auto ids = swarm.submit(some_work(200));
  ASSERT_EQ(ids.size(), 200U);
  ASSERT_TRUE(swarm.run_until_done(longest));
  expect_each_ended_once(swarm, ids);
  for (const auto& id : ids) EXPECT_EQ(swarm.stored().status(id).state, task_state::succeeded);
  EXPECT_EQ(swarm.told_ended().size(), ids.size());
  expect_no_load_left(swarm);
}

TEST(SwarmSim, AKilledNodeLosesNoTask) {
  sim_swarm swarm{{.seed = 4}};
  swarm.run_for(100ms);
  const auto ids = swarm.submit(some_work(100));
  for (int i = 0; i < 5; ++i) {
    swarm.run_for(60ms);
    swarm.kill_node(static_cast<std::uint32_t>(i % 3), 50ms);
  }
  ASSERT_TRUE(swarm.run_until_done(longest));
  expect_each_ended_once(swarm, ids);
  expect_no_load_left(swarm);
}

TEST(SwarmSim, ABrokenLinkRepeatsResultsAndRunsNothingTwiceWithoutNeed) {
  sim_swarm swarm{{.seed = 5, .longest_run = 20ms}};
  swarm.run_for(100ms);
  const auto ids = swarm.submit(some_work(60));
  swarm.run_for(15ms);
  for (std::uint32_t i = 0; i < 3; ++i) swarm.break_link(i, 100ms);
  ASSERT_TRUE(swarm.run_until_done(longest));
  expect_each_ended_once(swarm, ids);
  for (const auto& id : ids) EXPECT_EQ(swarm.stored().status(id).state, task_state::succeeded);
  expect_no_load_left(swarm);
}

TEST(SwarmSim, ATaskThatHangsIsStoppedAndFailsInTheEnd) {
  sim_swarm swarm{{.seed = 6, .hanging = 1}};
  swarm.run_for(100ms);
  auto spec = work();
  spec.shape.retry.max_retries = 1;
  const auto ids = swarm.submit({spec});
  ASSERT_TRUE(swarm.run_until_done(longest));
  EXPECT_EQ(swarm.stored().status(ids.front()).state, task_state::failed);
  EXPECT_EQ(swarm.stored().status(ids.front()).code, errc::timeout);
  EXPECT_EQ(swarm.grants().at(ids.front()).size(), 2U);
  expect_no_load_left(swarm);
}

TEST(SwarmSim, ATaskThatKeepsCrashingIsDead) {
  sim_swarm swarm{{.seed = 7, .crashing = 1}};
  swarm.run_for(100ms);
  const auto ids = swarm.submit({work()});
  ASSERT_TRUE(swarm.run_until_done(longest));
  EXPECT_EQ(swarm.stored().status(ids.front()).state, task_state::dead);
  EXPECT_EQ(swarm.stored().status(ids.front()).crash_count, 5U);
}

TEST(SwarmSim, CancelledTasksEndAsCancelled) {
  sim_swarm swarm{{.seed = 8, .hanging = 1}};
  swarm.run_for(100ms);
  const auto ids = swarm.submit(some_work(20));
  swarm.run_for(50ms);
  for (const auto& id : ids) swarm.cancel(id);
  ASSERT_TRUE(swarm.run_until_done(longest));
  expect_each_ended_once(swarm, ids);
  for (const auto& id : ids) {
    const auto state = swarm.stored().status(id).state;
    EXPECT_TRUE(state == task_state::cancelled || state == task_state::failed);  // failed: a dependency was cancelled
  }
  expect_no_load_left(swarm);
}

TEST(SwarmSim, AnOutcomeThatTheStoreRefusesIsSaidAgainUntilItIsRecorded) {
  sim_swarm swarm{{.seed = 9, .nodes = 1}};
  swarm.run_for(100ms);
  swarm.refuse_ends(true);
  const auto id = swarm.submit({work()}).at(0);
  swarm.run_for(20s);
  ASSERT_GE(swarm.refused(), 2U) << "the node said it again";
  ASSERT_EQ(swarm.stored().status(id).state, task_state::running);
  ASSERT_TRUE(swarm.told_ended().empty()) << "nobody hears of an end that is not stored";

  swarm.refuse_ends(false);

  ASSERT_TRUE(swarm.run_until_done(longest));
  EXPECT_EQ(swarm.stored().history(id), "submit grant start succeed") << "the one attempt counted";
  EXPECT_EQ(swarm.told_ended().size(), 1U);
  expect_no_load_left(swarm);
}

TEST(SwarmSim, AStoreThatRefusesNowAndThenLosesNothing) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    sim_swarm swarm{{.seed = seed, .failing = 0.1, .refusing = 0.2}};
    swarm.run_for(100ms);
    std::vector<task_id> all;
    for (int step = 0; step < 20; ++step) {
      const auto ids = swarm.submit(some_work(15));
      all.insert(all.end(), ids.begin(), ids.end());
      swarm.run_for(milliseconds{swarm.random(80)});
    }
    ASSERT_TRUE(swarm.run_until_done(longest)) << "seed " << seed;
    ASSERT_GE(swarm.refused(), 20U) << "seed " << seed;
    ASSERT_FALSE(all.empty());
    EXPECT_EQ(swarm.stored().all().size(), all.size()) << "what was refused was not stored";
    expect_each_ended_once(swarm, all);
    expect_no_load_left(swarm);
  }
}

class SwarmSimSeed : public testing::TestWithParam<int> {};

TEST_P(SwarmSimSeed, EveryAcknowledgedTaskEndsExactlyOnce) {
  for (int round = 0; round < 10; ++round) {
    sim_options options;
    options.seed = static_cast<std::uint64_t>(GetParam()) * 1'000 + static_cast<std::uint64_t>(round);
    options.failing = 0.1;
    options.crashing = 0.02;
    options.hanging = 0.02;
    options.refusing = round % 2 == 0 ? 0 : 0.1;
    sim_swarm swarm{options};
    swarm.run_for(100ms);
    std::vector<task_id> all;
    for (int step = 0; step < 20; ++step) {
      const auto ids = swarm.submit(some_work(1 + swarm.random(15)));
      all.insert(all.end(), ids.begin(), ids.end());
      swarm.run_for(milliseconds{swarm.random(80)});
      const auto node = static_cast<std::uint32_t>(swarm.random(3));
      const auto pause = duration{milliseconds{swarm.random(4'000)}};
      const auto what = swarm.random(6);
      if (what == 0) swarm.kill_node(node, pause);
      if (what == 1) swarm.break_link(node, pause);
      if (what == 2 && !all.empty()) swarm.cancel(all[swarm.random(all.size())]);
    }
    ASSERT_TRUE(swarm.run_until_done(longest)) << "seed " << options.seed << ", left " << swarm.leader().tasks().live();
    expect_each_ended_once(swarm, all);
    expect_no_load_left(swarm);
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << options.seed;
      return;
    }
  }
}

/// Two of three tasks name locks, some of them two; some expire while they run.
std::vector<task_spec> locked_work(sim_swarm& swarm, std::size_t count) {
  std::vector<task_spec> out;
  for (std::size_t i = 0; i < count; ++i) {
    auto& spec = out.emplace_back(work());
    spec.priority = static_cast<std::uint8_t>(1 + swarm.random(10));
    if (i % 3 != 0) spec.locks = {"model:" + std::to_string(swarm.random(3))};
    if (i % 3 == 2) spec.locks.push_back("data:" + std::to_string(swarm.random(2)));
    if (swarm.random(8) == 0) spec.deadline = swarm.now().wall + 20 + static_cast<wall_ms>(swarm.random(2'000));
  }
  return out;
}

TEST_P(SwarmSimSeed, NoTwoHandlersWithOneLockEverRunAtOnce) {
  for (int round = 0; round < 10; ++round) {
    sim_options options;
    options.seed = static_cast<std::uint64_t>(GetParam()) * 3'000 + static_cast<std::uint64_t>(round);
    options.failing = 0.1;
    options.crashing = 0.02;
    options.hanging = 0.05;
    options.refusing = round % 2 == 0 ? 0 : 0.1;
    sim_swarm swarm{options};
    swarm.run_for(100ms);
    std::vector<task_id> all;
    for (int step = 0; step < 15; ++step) {
      const auto ids = swarm.submit(locked_work(swarm, 1 + swarm.random(12)));
      all.insert(all.end(), ids.begin(), ids.end());
      swarm.run_for(milliseconds{swarm.random(200)});
      const auto node = static_cast<std::uint32_t>(swarm.random(3));
      const auto pause = duration{milliseconds{swarm.random(4'000)}};
      const auto what = swarm.random(6);
      if (what == 0) swarm.kill_node(node, pause);
      if (what == 1) swarm.break_link(node, pause);
      if (what == 2 && !all.empty()) swarm.cancel(all[swarm.random(all.size())]);
    }
    ASSERT_TRUE(swarm.run_until_done(longest)) << "seed " << options.seed << ", left " << swarm.leader().tasks().live();
    expect_each_ended_once(swarm, all);
    expect_no_load_left(swarm);
    EXPECT_THAT(swarm.overlaps(), testing::IsEmpty());
    EXPECT_THAT(swarm.leader().locks(swarm.now().now), testing::SizeIs(0)) << "nobody holds a lock at the end";
    if (HasFailure()) {
      ADD_FAILURE() << "seed " << options.seed;
      return;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, SwarmSimSeed, testing::Range(0, 20));

}  // namespace
}  // namespace dunlin::sim

// SPDX-License-Identifier: Apache-2.0
#include "actors/node/local_node.hpp"

#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::ElementsAre;
using ::testing::SizeIs;

using LocalNode = NodeFixture;

grant_options a_task(std::string kind, std::string payload) {
  grant_options out;
  out.kind = std::move(kind);
  out.payload = std::move(payload);
  return out;
}

TEST_F(LocalNode, ReportsItsAgentsAndDevicesToALeader) {
  auto rig = start();

  const auto report = rig->leader->look([](const auto& all) { return all.reports.front(); });

  EXPECT_THAT(report.agents, SizeIs(2));
  EXPECT_EQ(report.node, "alpha");
  EXPECT_EQ(report.life, rig->life());
  EXPECT_GT(report.pid, 0U);
  ASSERT_THAT(report.devices, SizeIs(1));
  EXPECT_EQ(report.devices[0].kind, "cpu");
  EXPECT_EQ(report.devices[0].compute_units, 2U);
  EXPECT_FALSE(report.draining);
}

TEST_F(LocalNode, HasOneAgentPerWorkerSlotUnlessTheKindSaysOtherwise) {
  auto options = obedient();
  options.workers = 11;
  options.kinds[1].instances = 7;
  auto rig = start(std::move(options));

  const auto agents = rig->leader->look([](const auto& all) { return all.reports.front().agents; });
  ASSERT_THAT(agents, SizeIs(2));
  EXPECT_EQ(agents[0].kind, "work");
  EXPECT_EQ(agents[0].instances, 11U);
  EXPECT_EQ(agents[1].instances, 7U);
}

TEST_F(LocalNode, HasMoreAgentsOnThreadsThanCoresSoThatTheyCanShareADevice) {
  auto options = obedient();
  options.workers = 3;
  auto rig = start(std::move(options));

  const auto agents = rig->leader->look([](const auto& all) { return all.reports.front().agents; });
  ASSERT_THAT(agents, SizeIs(2));
  EXPECT_EQ(agents[0].instances, 8U);
  EXPECT_EQ(agents[1].instances, 3U) << "those that hold no thread need no more";
}

TEST_F(LocalNode, RunsATaskOnAThread) {
  auto rig = start();

  const auto outcome = rig->run("work", "echo hello");

  EXPECT_THAT(outcome, Succeeds("hello"));
  EXPECT_GT(outcome.usage.run_ns, 0U);
  EXPECT_TRUE(rig->leader->look([&](const auto& all) { return all.started.size() == 1; }));
}

TEST_F(LocalNode, RunsATaskInAnActor) {
  auto rig = start();

  EXPECT_THAT(rig->run("quick", "echo hello"), Succeeds("hello"));
}

TEST_F(LocalNode, MeasuresTheProcessorTimeOfAHandler) {
  auto rig = start();

  const auto outcome = rig->run("work", "burn 20");

  EXPECT_GE(outcome.usage.cpu_ns, 20'000'000U);
  EXPECT_GE(outcome.usage.run_ns, outcome.usage.cpu_ns / 2);
}

TEST_F(LocalNode, AnswersEachOfAThousandTasksOnce) {
  auto rig = start();
  std::vector<task_id> tasks;
  tasks.reserve(1'000);
  for (int i = 0; i < 1'000; ++i)
    tasks.push_back(rig->grant(a_task(i % 2 == 0 ? "work" : "quick", "echo " + std::to_string(i))));

  ASSERT_TRUE(rig->leader->until([](const auto& all) { return all.outcomes.size() == 1'000; }));

  for (int i = 0; i < 1'000; ++i) {
    const auto outcomes = rig->leader->look([&](const auto& all) { return all.outcomes.at(tasks[i]); });
    ASSERT_THAT(outcomes, SizeIs(1));
    ASSERT_THAT(outcomes.front(), Succeeds(std::to_string(i)));
  }
}

TEST_F(LocalNode, AnAgentKeepsItsStateBetweenTasks) {
  auto rig = start(obedient(1));

  EXPECT_THAT(rig->run("work", "count"), Succeeds("1"));
  EXPECT_THAT(rig->run("work", "count"), Succeeds("2"));
}

TEST_F(LocalNode, StartsTheMoreImportantTaskFirst) {
  auto rig = start(obedient(1));
  rig->grant(a_task("work", "hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  auto low = a_task("work", "echo low"), high = a_task("work", "echo high");
  low.priority = 2;
  high.priority = 9;
  const auto low_id = rig->grant(low), high_id = rig->grant(high);

  hung.open();

  ASSERT_TRUE(rig->leader->until([](const auto& all) { return all.ended.size() == 3; }));
  const auto order = rig->leader->look([](const auto& all) { return all.ended; });
  EXPECT_EQ(order[1], high_id);
  EXPECT_EQ(order[2], low_id);
}

TEST_F(LocalNode, RefusesAKindThatItDoesNotServe) {
  auto rig = start();

  EXPECT_THAT(rig->run("painting", ""), FailsWith(errc::unknown_kind, "painting"));
}

TEST_F(LocalNode, SaysUnacknowledgedOutcomesAgainBeforeItReports) {
  auto rig = start();
  rig->leader->answer_to(nullptr);
  const auto task = rig->grant(a_task("quick", "echo once"));
  ASSERT_THAT(rig->leader->outcome_of(task), Succeeds("once"));
  const auto said = rig->leader->look([](const auto& all) { return all.order.size(); });

  rig->node->on_leader_down();
  rig->node->on_leader_up();

  const auto again = [&](const auto& all) { return all.outcomes.at(task).size() == 2; };
  const auto order_since = [&](const auto& all) {
    std::vector<std::string> out(all.order.begin() + static_cast<std::ptrdiff_t>(said), all.order.end());
    std::erase(out, "heartbeat");
    return out;
  };
  ASSERT_TRUE(rig->leader->until([&](const auto& all) { return again(all) && order_since(all).size() >= 2; }));
  EXPECT_THAT(rig->leader->look(order_since), ElementsAre("outcome_batch", "node_report"));
  const auto sequences = rig->leader->look([](const auto& all) { return all.outcome_sequences; });
  EXPECT_EQ(sequences.front(), sequences.back());
}

TEST_F(LocalNode, ForgetsAnOutcomeOnceItIsAcknowledged) {
  auto rig = start();
  const auto task = rig->grant(a_task("quick", "echo once"));
  ASSERT_THAT(rig->leader->outcome_of(task), Succeeds("once"));

  rig->node->on_leader_up();
  const auto later = rig->run("quick", "echo later");  // what the leader may have missed would come before

  EXPECT_THAT(later, Succeeds("later"));
  EXPECT_EQ(rig->leader->look([&](const auto& all) { return all.outcomes.at(task).size(); }), 1U);
}

TEST_F(LocalNode, AHandlerSeesThatItWasCancelled) {
  auto rig = start();
  const auto task = rig->grant(a_task("work", "attend"));
  ASSERT_TRUE(hung.wait_for_visitors(1));

  rig->cancel(task);

  EXPECT_THAT(rig->leader->outcome_of(task), FailsWith(errc::cancelled, "stopped as asked"));
}

TEST_F(LocalNode, ACancelledTaskThatWaitsNeverStarts) {
  auto rig = start(obedient(1));
  const auto first = rig->grant(a_task("work", "hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto second = rig->grant(a_task("work", "count"));

  rig->cancel(second);

  EXPECT_THAT(rig->leader->outcome_of(second), FailsWith(errc::cancelled, "before it began"));
  hung.open();
  EXPECT_THAT(rig->leader->outcome_of(first), Succeeds("too late"));
  EXPECT_THAT(rig->run("work", "count"), Succeeds("2"));
}

TEST_F(LocalNode, AHandlerThatObeysItsTimeoutFailsWithTimeout) {
  auto rig = start();
  auto task = a_task("work", "attend");
  task.timeout = milliseconds{20};

  EXPECT_THAT(rig->run(task), FailsWith(errc::timeout, ""));
}

TEST_F(LocalNode, TellsProgressAndCheckpoints) {
  auto rig = start();

  const auto task = rig->grant(a_task("work", "halves"));

  ASSERT_TRUE(rig->leader->until([&](const auto& all) { return !all.checkpoints.empty() && !all.progress.empty(); }));
  rig->leader->look([&](const auto& all) {
    EXPECT_EQ(all.checkpoints.back().id, task);
    EXPECT_EQ(as_text(all.checkpoints.back().state), "half");
    EXPECT_EQ(all.progress.back().id, task);
    EXPECT_EQ(all.progress.back().progress.items_total, 2U);
    return 0;
  });
}

TEST_F(LocalNode, AHandlerKnowsItsAttempt) {
  auto rig = start();
  auto task = a_task("work", "facts");
  task.attempt = 3;
  task.checkpoint = "half";

  EXPECT_THAT(rig->run(task), Succeeds("attempt 3, checkpoint 'half', bounded, on alpha"));
}

TEST_F(LocalNode, ATaskCannotTakeMoreMemoryThanItAskedFor) {
  auto rig = start();
  auto modest = a_task("work", "memory 100000"), greedy = a_task("work", "memory 900000");
  modest.host_bytes = greedy.host_bytes = 500'000;

  const auto fits = rig->run(modest);

  EXPECT_THAT(fits, Succeeds("100000"));
  EXPECT_GE(fits.usage.peak_bytes, 100'000U);
  EXPECT_THAT(rig->run(greedy), FailsWith(errc::quota_exceeded, ""));
}

TEST_F(LocalNode, StopsATaskWhoseLeaseLapsed) {
  auto options = obedient();
  options.adjust = [](local_node_config& config) {
    config.dispatch.lease = 100ms;
    config.dispatch.renew_every = 30ms;
    config.tick = 10ms;
  };
  auto rig = start(std::move(options));
  rig->leader->answer_to(nullptr);  // no renewal is answered

  const auto outcome = rig->run(a_task("work", "attend"));

  EXPECT_THAT(outcome, FailsWith(errc::lease_expired, ""));
}

TEST_F(LocalNode, KeepsATaskWhoseLeaseIsRenewed) {
  auto options = obedient(1);
  options.adjust = [](local_node_config& config) {
    config.dispatch.lease = 3s;
    config.dispatch.renew_every = 20ms;
    config.tick = 10ms;
  };
  auto rig = start(std::move(options));
  const auto task = rig->grant(a_task("work", "hang"));

  ASSERT_TRUE(rig->leader->until([](const auto& all) {
    return std::count(all.order.begin(), all.order.end(), std::string_view{"lease_renewal"}) >= 3;
  }));
  hung.open();

  EXPECT_THAT(rig->leader->outcome_of(task), Succeeds("too late"));
}

TEST_F(LocalNode, ServesATaskAmongTenThousandAgents) {
  auto options = obedient();
  options.kinds[1].instances = 10'000;
  auto rig = start(std::move(options));

  EXPECT_THAT(rig->run("quick", "echo found"), Succeeds("found"));
  EXPECT_EQ(rig->leader->look([](const auto& all) { return all.reports.front().agents[1].instances; }), 10'000U);
}

}  // namespace dunlin::testing

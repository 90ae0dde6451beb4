// SPDX-License-Identifier: Apache-2.0
// What observers are told: why a task stands where it stands, and what nodes, agents and devices there are.
#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(Explain, OfAnUnknownTaskSaysSo) {
  leader_story t;

  EXPECT_EQ(t.explain({1, 1}).summary, "No such task.");
}

TEST(Explain, ATaskThatWaitsForOthersNamesThem) {
  leader_story t;
  t.join(node("a").slots(0));
  const auto ids = t.add_all({work("x"), work("y"), work("z").after({"x", "y"})});

  const auto said = t.explain(ids[2]);

  EXPECT_EQ(said.state, task_state::pending);
  EXPECT_EQ(said.summary, "Waits for 2 tasks: x, y.");
  EXPECT_EQ(said.change, "The success of the tasks it waits for.");
  EXPECT_THAT(said.waits_for, ElementsAre("x", "y"));
}

TEST(Explain, ATaskThatWaitsForItsTimeSaysSo) {
  leader_story t;
  t.join(node("a"));
  const auto id = t.add(work().not_before(noon + 5'000));

  EXPECT_EQ(t.explain(id).summary, "Waits for the time it was submitted for.");
  EXPECT_EQ(t.explain(id).change, "The time it was submitted for.");
}

TEST(Explain, EveryTaskThatFindsTheNodesFullSaysSo) {
  leader_story t;
  t.join(node("a").slots(1));

  const auto ids = t.add_all({work(), work(), work()});

  for (const auto& id : {ids[1], ids[2]}) {
    const auto said = t.explain(id);
    EXPECT_EQ(said.summary, "Ready, but every node that can run it is full.");
    EXPECT_THAT(said.change, HasSubstr("one more node with agents of kind 'work'"));
    ASSERT_THAT(said.nodes, SizeIs(1));
    EXPECT_FALSE(said.nodes[0].eligible);
    EXPECT_EQ(said.nodes[0].reason, "full: it has 1 of 1 tasks");
  }
}

TEST(Explain, TheReasonFollowsTheNodes) {
  leader_story t;
  const auto a = t.join(node("a").slots(1));
  t.add();
  const auto id = t.add();
  const auto last = t.add();
  ASSERT_THAT(t.explain(id).summary, HasSubstr("full"));

  t.disconnect(a, true);
  t.join(node("b").only("else"));
  EXPECT_EQ(t.explain(id).summary, "Ready, but no node that is here can run it.");
  EXPECT_EQ(t.explain(id).change, "A node with agents of kind 'work' and what else it asks for.");
  EXPECT_EQ(t.explain(id).nodes.at(0).reason, "no agent for kind 'work'");

  t.join(node("c").slots(1));
  EXPECT_THAT(t.explain(id).summary, HasSubstr("Granted to node c"));
  EXPECT_THAT(t.explain(last).summary, HasSubstr("every node that can run it is full"));
}

TEST(Explain, AGrantedAndARunningTaskNameTheirNode) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add();
  EXPECT_EQ(t.explain(id).summary, "Granted to node a, not yet started.");

  t.start(a, t.only_grant(a));

  EXPECT_EQ(t.explain(id).summary, "Runs on node a, attempt 1.");
  EXPECT_EQ(t.explain(id).change, "");
}

TEST(Explain, AFailureIsToldWithItsReason) {
  leader_story t;
  const auto a = t.join(node("a"));
  const auto id = t.add(work().retries(1));
  auto outcome = t.outcome_of(t.only_grant(a), errc::handler_failed);
  outcome.why = "no luck";
  t.end(a, 1, {outcome});

  EXPECT_EQ(t.explain(id).summary,
            "Failed 1 times, waits before it is tried again (last failure: handler_failed: no luck).");
  EXPECT_EQ(t.explain(id).change, "The end of its backoff.");
  t.pass(2s, {a});
  t.end(a, 2, {t.outcome_of(t.only_grant(a), errc::timeout)});
  EXPECT_THAT(t.explain(id).summary, HasSubstr("Has ended: failed (last failure: timeout"));
  EXPECT_THAT(t.explain(id).nodes, IsEmpty());
}

TEST(Explain, JudgesEachNodeByName) {
  leader_story t;
  const auto c = t.join(node("c").slots(2));
  t.join(node("b").only("work", {}).slots(0));
  t.join(node("a").only("else"));
  const auto id = t.add();

  const auto open = t.explain(id).nodes;
  t.disconnect(c);
  const auto closed = t.explain(id).nodes;

  ASSERT_THAT(open, SizeIs(3));
  EXPECT_EQ(open[0].node, "a");
  EXPECT_EQ(open[2].reason, "eligible: it has 1 of 2 tasks; policy capability");
  EXPECT_TRUE(open[2].eligible);
  EXPECT_EQ(closed[2].reason, "takes no new work: draining, suspect or disconnected");
}

TEST(Views, ANodeShowsItsReportAndItsLastHeartbeat) {
  leader_story t;
  auto report = static_cast<node_report>(node("a").slots(3).device("cpu", 4, 1'000));
  report.pid = 4711;
  const auto a = t.join(report);
  t.add();
  t.end(a, t.only_grant(a));
  heartbeat beat;
  beat.running = 2;
  beat.queued = 1;
  beat.cpu_permille = 250;
  beat.rss_bytes = 5'000;
  contract_view contract;
  contract.agent = agent_id{1};
  contract.token = 9;
  contract.requested.compute_milli = 500;
  contract.granted.compute_units = 2;
  contract.compute_enforcement = enforcement::cooperative;
  contract_view kept;
  kept.state = contract_state::reserved;
  const choice_view choice{
      true, 5, "why", "when", {{sharing_pattern::time_sliced, 1.5}, {sharing_pattern::pipeline, 0}}};
  const sharing_view shared{sharing_pattern::time_sliced, {contract, kept, kept}, 1, 2, 4, 0, choice, 3, 250};
  beat.devices = {{{0},
                   77,
                   shared,
                   3,
                   "too much",
                   "not so",
                   0,
                   {250, {}, 64, {{100, 60, 10, 20, 10, 2}}, {{"power_watts", 70.5}}}}};

  t.beat(a, beat);

  const auto view = t.leader->nodes().at(0);
  EXPECT_EQ(view.name, "a");
  EXPECT_EQ(view.pid, 4711U);
  EXPECT_EQ(view.running, 2U);
  EXPECT_EQ(view.queued, 1U);
  EXPECT_EQ(view.max_concurrent, 3U);
  EXPECT_EQ(view.rss_bytes, 5'000U);
  EXPECT_EQ(view.completed, 1U);
  EXPECT_EQ(t.leader->pid_of(a), 4711U);
  const auto device = t.leader->devices().at(0);
  EXPECT_EQ(device.node, "a");
  EXPECT_EQ(device.busy_ns, 77U);
  EXPECT_EQ(device.sharing, beat.devices.front().sharing);
  EXPECT_EQ(device.alarm, "too much");
  EXPECT_EQ(device.refusal, "not so");
  EXPECT_EQ(t.metric_of("dunlin_device_waiting", "a"), 2);
  EXPECT_EQ(t.metric_of("dunlin_device_conservation_alarms_total", "a"), 3);
  EXPECT_EQ(t.metric_of("dunlin_device_reservations", "a"), 3);
  EXPECT_EQ(t.metric_of("dunlin_device_fragmentation_ratio", "a"), 0.25);
  EXPECT_EQ(t.metric_of("dunlin_device_automatic", "a"), 1);
  EXPECT_EQ(t.metric_of("dunlin_device_pattern_switches_total", "a"), 5);
  EXPECT_EQ(t.metric_of("dunlin_device_expected_slowdown", "a"), 1.5) << "of the pattern that can be used";
  EXPECT_EQ(device.figures, beat.devices.front().figures);
  EXPECT_EQ(t.metric_of("dunlin_device_busy_ratio", "a"), 0.25);
  EXPECT_EQ(t.metric_of("dunlin_device_held_bytes", "a"), 64);
  EXPECT_EQ(t.metric_of("dunlin_gpu_power_watts", "a"), 70.5);
  EXPECT_EQ(t.metric_of("dunlin_device_quarantined", "a"), 0);
  EXPECT_EQ(t.metric_of("dunlin_device_pool_reserved_bytes", "a"), 100);
  EXPECT_EQ(t.metric_of("dunlin_device_pool_exhausted_total", "a"), 2);
  EXPECT_EQ(t.metric_of("dunlin_contract_requested_ratio", "a"), 0.5);
  EXPECT_EQ(t.metric_of("dunlin_contract_granted_units", "a"), 2);
  const auto all = t.leader->metrics().metrics;
  EXPECT_EQ(std::ranges::count(all, "dunlin_device_pool_bytes", &metric::name), 4)
      << "asked, internal, cached, external";
  for (const auto& each : all) EXPECT_FALSE(each.name.starts_with("gpu_")) << each.name << ": it is a processor";
  EXPECT_EQ(std::ranges::count(all, "dunlin_contract_requested_ratio", &metric::name), 1)
      << "what is kept is no contract";
  EXPECT_FALSE(t.has_metric("dunlin_contract_busy_seconds_total")) << "nobody measured it";
  EXPECT_EQ(t.metric_of("dunlin_node_running_tasks", "a"), 2);
  EXPECT_EQ(t.metric_of("dunlin_node_cpu_ratio", "a"), 0.25);
  EXPECT_EQ(t.metric_of("dunlin_node_rss_bytes", "a"), 5'000);
}

TEST(Views, AFreeDeviceHasNoLease) {
  leader_story t;
  const auto a = t.join(node("a").device("cpu", 4, 1'000));
  EXPECT_THAT(t.leader->devices().at(0).sharing.contracts, IsEmpty()) << "before its first heartbeat";
  heartbeat beat;
  beat.devices = {{device_id{0}, 1, {}, 0, {}, {}}};

  t.beat(a, beat);

  EXPECT_THAT(t.leader->devices().at(0).sharing.contracts, IsEmpty());
}

TEST(Views, AgentsStandInTheOrderOfTheirNodes) {
  leader_story t;
  t.join(node("b"));
  t.join(node("a").serves("sort", {"fast"}));

  const auto agents = t.leader->agents();

  ASSERT_THAT(agents, SizeIs(3));
  EXPECT_EQ(agents[0].node, "a");
  EXPECT_EQ(agents[1].agents.kind, "sort");
  EXPECT_EQ(agents[2].node, "b");
}

TEST(Views, MetricsCountTasksByState) {
  leader_story t;
  const auto a = t.join(node("a").slots(2));
  t.add_all(std::vector<task_spec>(5, work()));
  t.end(a, t.grants(a).at(0));

  EXPECT_EQ(t.metric_of("dunlin_tasks", "pending"), 2);
  EXPECT_EQ(t.metric_of("dunlin_tasks", "leased"), 2);
  EXPECT_EQ(t.metric_of("dunlin_tasks", "succeeded"), 1);
  EXPECT_EQ(t.metric_of("dunlin_ready_queue_tasks"), 2);
  EXPECT_EQ(t.metric_of("dunlin_leader_term"), 7);
  EXPECT_EQ(t.metric_of("dunlin_lease_losses_total"), 0);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Granted tasks meet agents: as many as there are, the best first, each answered once.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

TEST(NodeGrant, ATaskGoesToAnAgentWithAllItNeeds) {
  node_story t;
  const auto who = t.agent();

  t.grant({task(1)}, work().payload("input").timeout(milliseconds{4'000}).with([](task_spec& s) {
    s.shape.needs.host_bytes = 77;
  }),
          8);

  const auto start = t.only_start();
  EXPECT_EQ(start.agent, who);
  EXPECT_EQ(start.order.task, task(1));
  EXPECT_EQ(start.order.attempt, 1U);
  EXPECT_EQ(start.order.priority, 8);
  EXPECT_EQ(start.order.payload, bytes_of("input"));
  EXPECT_EQ(start.order.memory_cap, 77U);
  EXPECT_EQ(start.order.deadline, t.now + 4s);
  EXPECT_FALSE(start.order.lease);
  EXPECT_EQ(t.dispatch.running(), 1U);
  ASSERT_THAT(t.heard<start_batch>(), SizeIs(1));
}

TEST(NodeGrant, ACheckpointTravelsWithTheTask) {
  node_story t;
  t.agent();
  grant_batch batch;
  batch.shapes = {static_cast<task_spec>(work()).shape};
  batch.grants.resize(1);
  batch.grants[0].id = task(1).id;
  batch.grants[0].epoch = 1;
  batch.grants[0].checkpoint = bytes_of("half");

  t.grant(std::move(batch));

  EXPECT_EQ(t.only_start().order.checkpoint, bytes_of("half"));
}

TEST(NodeGrant, AnAgentRunsOneTaskAtATime) {
  node_story t;
  t.agents(2);

  t.grant({task(1), task(2), task(3), task(4)});

  const auto first = t.starts();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_NE(first[0].agent, first[1].agent);
  EXPECT_EQ(t.dispatch.queued(), 2U);
  EXPECT_THAT(t.dispatch.held(), testing::UnorderedElementsAre(task(1), task(2), task(3), task(4)));
  t.finish(first[1]);
  const auto next = t.only_start();
  EXPECT_EQ(next.order.task, task(3));
  EXPECT_EQ(next.agent, first[1].agent);
}

TEST(NodeGrant, NoMoreRunThanTheNodeAllows) {
  node_story t({.max_concurrent = 2});
  t.agents(5);

  t.grant({task(1), task(2), task(3)});

  const auto first = t.starts();
  EXPECT_THAT(first, SizeIs(2));
  t.finish(first[0]);
  EXPECT_THAT(t.started_tasks(), ElementsAre(task(3)));
}

TEST(NodeGrant, NoMoreThreadsRunThanThereAre) {
  node_story t({.max_threads = 1});
  t.agents(3);
  t.agent("apart", isolation_mode::process);

  t.grant({task(1), task(2)});
  t.grant({task(3)}, work().kind("apart"));

  auto first = t.starts();
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[1].order.task, task(3)) << "a process needs no thread";
  t.finish(first[1]);
  EXPECT_THAT(t.starts(), IsEmpty());
  t.finish(first[0]);
  EXPECT_THAT(t.started_tasks(), ElementsAre(task(2)));
}

TEST(NodeGrant, TheHighestPriorityIsFirst) {
  node_story t;
  t.agent();
  t.grant({task(1)});
  t.grant({task(2)}, work(), 3);
  t.grant({task(3)}, work(), 9);
  t.grant({task(4)}, work(), 9);

  std::vector<task_epoch> order;
  for (auto all = t.starts(); !all.empty(); all = t.starts()) {
    order.push_back(all.at(0).order.task);
    t.finish(all.at(0));
  }

  EXPECT_THAT(order, ElementsAre(task(1), task(3), task(4), task(2)));
}

TEST(NodeGrant, CapabilitiesChooseTheAgent) {
  node_story t;
  t.agent("work", isolation_mode::thread, {"slow"});
  const auto fast = t.agent("work", isolation_mode::thread, {"slow", "fast"});
  const auto spec = work().with([](task_spec& s) { s.shape.capabilities = {"fast"}; });

  t.grant({task(1), task(2)}, spec);

  EXPECT_EQ(t.only_start().agent, fast);
  EXPECT_EQ(t.dispatch.queued(), 1U) << "the other agent cannot help";
}

TEST(NodeGrant, OfAKindThatNobodyServesIsRefused) {
  node_story t;
  t.agent();

  t.grant({task(1)}, work().kind("other"));

  const auto outcome = t.only_outcome();
  EXPECT_EQ(outcome.code, errc::unknown_kind);
  EXPECT_EQ(outcome.id, task(1).id);
  EXPECT_THAT(outcome.why, HasSubstr("'other'"));
  EXPECT_THAT(t.dispatch.held(), IsEmpty());
}

TEST(NodeGrant, ThatNamesNoShapeIsRefused) {
  node_story t;
  t.agent();
  grant_batch batch;
  batch.grants.resize(1);
  batch.grants[0].id = task(1).id;
  batch.grants[0].epoch = 1;

  t.grant(std::move(batch));

  EXPECT_EQ(t.only_outcome().code, errc::protocol_violation);
}

TEST(NodeGrant, WaitsForAnAgentThatIsBeingReplaced) {
  node_story t;
  const auto who = t.agent();
  t.die(who);

  t.grant({task(1)});
  EXPECT_THAT(t.starts(), IsEmpty());
  EXPECT_THAT(t.outcomes(), IsEmpty());
  const auto next = t.agent();

  EXPECT_NE(next, who);
  EXPECT_EQ(t.only_start().agent, next);
}

TEST(NodeGrant, ASecondBatchOfAShapeFindsTheSameAgents) {
  node_story t;
  t.agents(2);

  t.grant({task(1)});
  t.grant({task(2)});

  EXPECT_THAT(t.starts(), SizeIs(2));
}

TEST(NodeGrant, AStreamOfNewShapesDoesNotPileUp) {
  node_story t;
  t.agent();
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    t.grant({task(i)}, work().timeout(milliseconds{static_cast<int>(i)}));
    t.finish(t.only_start());
  }

  t.grant({task(9'999)}, work().timeout(milliseconds{1}));
  EXPECT_EQ(t.only_start().order.task, task(9'999)) << "and one that comes back is served";
}

TEST(NodeOutcome, CarriesItsTimes) {
  node_story t;
  t.agent();
  t.grant({task(1), task(2)});
  const auto first = t.only_start();
  t.now += 30ms;
  auto outcome = t.outcome_of(first.order.task);
  outcome.output = bytes_of("result");
  outcome.usage.queue_ns = 1'000;

  t.finish(first.agent, outcome);
  EXPECT_EQ(t.only_outcome().usage.queue_ns, 1'000U) << "what the agent says is added";
  t.now += 20ms;
  t.finish(t.only_start());

  EXPECT_EQ(t.only_outcome().usage.queue_ns, 30'000'000U);
}

TEST(NodeOutcome, OfAnotherTaskOrAgentIsIgnored) {
  node_story t;
  const auto ids = t.agents(2);
  t.grant({task(1, 5)});
  const auto start = t.only_start();
  const auto other = start.agent == ids[0] ? ids[1] : ids[0];

  t.finish(start.agent, t.outcome_of(task(1, 4)));
  t.finish(start.agent, t.outcome_of(task(2, 5)));
  t.finish(other, t.outcome_of(task(1, 5)));
  t.finish(agent_id{99}, t.outcome_of(task(1, 5)));

  EXPECT_THAT(t.outcomes(), IsEmpty());
  EXPECT_EQ(t.dispatch.running(), 1U);
  t.finish(start);
  t.finish(start);
  EXPECT_THAT(t.outcomes(), SizeIs(1)) << "said twice, sent once";
  EXPECT_EQ(t.dispatch.running(), 0U);
}

TEST(NodeOutcome, AnAgentThatDiesHasCrashed) {
  node_story t;
  const auto who = t.agent();
  t.grant({task(1), task(2)});
  t.now += 5ms;

  t.die(who);

  const auto outcome = t.only_outcome();
  EXPECT_TRUE(outcome.crashed);
  EXPECT_EQ(outcome.code, errc::crashed);
  EXPECT_EQ(outcome.why, "its thread ended");
  EXPECT_EQ(outcome.usage.run_ns, 5'000'000U);
  EXPECT_THAT(t.dispatch.held(), ElementsAre(task(2)));
  t.starts();
  t.agent();
  EXPECT_EQ(t.only_start().order.task, task(2));
}

TEST(NodeOutcome, AnIdleAgentThatDiesIsNoOutcome) {
  node_story t;
  const auto who = t.agent();

  t.die(who);
  t.die(who);

  EXPECT_THAT(t.outcomes(), IsEmpty());
}

TEST(NodeReportsProgress, TheNewestOfEachTaskAlone) {
  node_story t;
  t.agents(2);
  t.grant({task(1), task(2)});
  const auto starts = t.starts();
  const auto progress = [&](auto& me, int which, std::uint8_t percent, fencing_token epoch = 1) {
    me.on_progress(starts[static_cast<std::size_t>(which)].agent,
                   {starts[static_cast<std::size_t>(which)].order.task.id, epoch, {percent, "", 0, 0}});
  };

  t.step([&](auto& me, auto&) {
    progress(me, 0, 10);
    progress(me, 1, 20);
    progress(me, 0, 30);
    progress(me, 0, 99, 7);  // of another epoch
  });

  const auto batches = t.heard<progress_batch>();
  ASSERT_THAT(batches, SizeIs(1));
  ASSERT_THAT(batches[0].items, SizeIs(2));
  EXPECT_EQ(batches[0].items[0].progress.percent, 30);
  EXPECT_EQ(batches[0].items[1].progress.percent, 20);
}

TEST(NodeReportsCheckpoints, TheNewestOfEachTaskInAMessageOfItsOwn) {
  node_story t;
  t.agents(2);
  t.grant({task(1), task(2)});
  const auto starts = t.starts();

  t.step([&](auto& me, auto&) {
    for (const auto& [which, text] : {std::pair{0U, "old"}, {1U, "other"}, {0U, "new"}})
      me.on_checkpoint(starts[which].agent, {starts[which].order.task.id, 1, bytes_of(text)});
    me.on_checkpoint(starts[0].agent, {starts[0].order.task.id, 2, bytes_of("of another epoch")});
  });

  const auto batches = t.heard<checkpoint_batch>();
  ASSERT_THAT(batches, SizeIs(2));
  EXPECT_EQ(batches[0].items.at(0).state, bytes_of("new"));
  EXPECT_EQ(batches[1].items.at(0).state, bytes_of("other"));
}

TEST(NodeStarts, OfAsynchronousAgentsAreNotReported) {
  node_story t;
  t.agent("work", isolation_mode::async);

  t.grant({task(1)});

  EXPECT_THAT(t.starts(), SizeIs(1));
  EXPECT_THAT(t.heard<start_batch>(), IsEmpty());
}

TEST(NodeStarts, GoInListsOfBoundedLength) {
  node_story t({.max_concurrent = 3'000});
  t.agents(2'500);
  std::vector<task_epoch> tasks;
  for (std::uint64_t i = 1; i <= 2'500; ++i) tasks.push_back(task(i));

  t.grant(tasks);

  std::vector<std::size_t> sizes;
  for (const auto& batch : t.heard<start_batch>()) sizes.push_back(batch.started.size());
  EXPECT_THAT(sizes, ElementsAre(1'024, 1'024, 452));
}

}  // namespace
}  // namespace dunlin

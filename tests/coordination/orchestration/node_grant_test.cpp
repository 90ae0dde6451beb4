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

/// Those that it waits for may be tasks that wait for its thread.
TEST(NodeGrant, OneThatWaitsForItsGroupTakesNoThread) {
  node_story t({.max_threads = 1});
  t.agents(3);
  const auto waits = [&](const start_task& who, bool whether) {
    t.step([&](auto& me, auto&) { me.on_awaits_group(who.agent, who.order.task, whether); });
  };
  t.grant({task(1), task(2), task(3), task(4)});
  const auto first = t.only_start();

  waits(first, true);
  const auto second = t.only_start();
  EXPECT_EQ(second.order.task, task(2));
  waits(first, true);
  waits(first, false);
  t.finish(second);
  EXPECT_THAT(t.starts(), IsEmpty()) << "it goes on, and has a thread again";
  t.finish(first);
  const auto third = t.only_start();
  EXPECT_EQ(third.order.task, task(3));

  waits(third, true);
  EXPECT_THAT(t.started_tasks(), ElementsAre(task(4)));
  t.finish(third);
  t.grant({task(5)});
  EXPECT_THAT(t.starts(), IsEmpty()) << "it had none to give back";
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

TEST(NodeGrant, ATaskThatWaitsMovesUpWithThePriorityThatIsLentToIt) {
  node_story t;
  t.agent();
  t.grant({task(1)});
  const auto running = t.only_start();
  t.grant({task(2)}, work(), 3);
  t.grant({task(3)}, work(), 6);

  t.step([](auto& me, auto&) {
    me.on_priority({task(2), 9});
    me.on_priority({task(2, 7), 10});  // of another attempt
    me.on_priority({task(3), 2});      // less than its own
    me.on_priority({task(1), 9});      // runs already
  });
  t.finish(running);

  const auto second = t.only_start();
  EXPECT_EQ(second.order.task, task(2));
  EXPECT_EQ(second.order.priority, 9);
  t.finish(second);
  const auto third = t.only_start();
  EXPECT_EQ(third.order.task, task(3));
  EXPECT_EQ(third.order.priority, 6);
  t.finish(third);
  EXPECT_THAT(t.starts(), IsEmpty()) << "nobody stands in the queue twice";
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

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// What a node says of its tasks: outcomes, starts, progress, checkpoints.
#include "tests/coordination/orchestration/node_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

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

// SPDX-License-Identifier: Apache-2.0
// How tasks and nodes come to their end, to the tick: deadlines, drains, restarts, parts that die.
#include <stdexcept>

#include "actors/node/severable_events.hpp"
#include "tests/actors/node/fake_time_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;

using DeadlineInTime = FakeTimeFixture;

TEST_F(DeadlineInTime, AHandlerSeesWhicheverEndComesFirst) {
  start(1);
  auto task = a_task("left", milliseconds{2'000});
  EXPECT_THAT(outcome_of(grant(task)), Succeeds("2000"));

  task.deadline = wall() + 300;
  EXPECT_THAT(outcome_of(grant(task)), Succeeds("300"));
  task.deadline = wall() + 5'000;
  EXPECT_THAT(outcome_of(grant(task)), Succeeds("2000"));
}

TEST_F(DeadlineInTime, ATaskIsStoppedAtItsDeadline) {
  start(1);
  steps_run = false;
  auto task = a_task("echo");
  task.deadline = wall() + 300;
  const auto late = grant(task);
  ASSERT_TRUE(device->begin(queue_of(1)));

  pass(1'290ms);
  EXPECT_FALSE(has_ended(late));
  pass(100ms);

  EXPECT_THAT(outcome_of(late), FailsWith(errc::expired, "abandoned"));
}

// -- drains

class DrainInTime : public FakeTimeFixture {
 protected:
  [[nodiscard]] bool is_draining() const {
    return leader->look([](const auto& all) { return all.reports.back().draining; });
  }

  void order_drain(milliseconds patience) {
    node->hear(drain_order{patience});
    settle();
  }
};

TEST_F(DrainInTime, WhatRunsEndsFirst) {
  start(1);
  steps_run = false;
  const auto task = grant(a_task("echo done"));
  ASSERT_TRUE(device->begin(queue_of(1)));

  order_drain(milliseconds{500});
  pass(400ms);
  EXPECT_FALSE(events->is_drained());
  device->finish(queue_of(1));
  settle();

  EXPECT_THAT(outcome_of(task), Succeeds("done"));
  EXPECT_TRUE(events->is_drained());
}

TEST_F(DrainInTime, WhatOutlivesItsPatienceIsStoppedAndMayRunElsewhere) {
  start(1);
  steps_run = false;
  const auto task = grant(a_task("echo"));
  ASSERT_TRUE(device->begin(queue_of(1)));

  order_drain(milliseconds{500});
  pass(1'490ms);
  EXPECT_FALSE(has_ended(task));
  pass(100ms);

  EXPECT_THAT(outcome_of(task), FailsWith(errc::shutting_down, "abandoned"));
  EXPECT_TRUE(events->is_drained());
  EXPECT_FALSE(events->is_broken());
}

TEST_F(DrainInTime, TheShortestPatienceCounts) {
  start(1);
  steps_run = false;
  grant(a_task("echo"));
  ASSERT_TRUE(device->begin(queue_of(1)));

  order_drain(milliseconds{500});
  order_drain(milliseconds{60'000});
  pass(1'600ms);

  EXPECT_TRUE(events->is_drained());
}

TEST_F(DrainInTime, WithThreeStuckHandlersTheRestEndsBeforeTheRestart) {
  fake_device_options wide;
  wide.properties.compute_units = 4;
  device = std::make_shared<fake_device>(wide);
  start(4);
  steps_run = false;
  const auto good = grant(a_task("echo good"));
  for (int i = 0; i < 3; ++i) grant(a_task("echo", milliseconds{500}));
  for (std::uint32_t agent = 1; agent <= 4; ++agent) ASSERT_TRUE(device->begin(queue_of(agent)));

  pass(2s);
  EXPECT_EQ(device->stuck(), 3U);
  EXPECT_FALSE(events->is_broken());
  EXPECT_TRUE(is_draining());
  const auto refused = grant(a_task("echo late"));
  EXPECT_EQ(leader->look([](const auto& all) { return all.returned; }).back().id, refused);
  for (std::uint32_t agent = 1; agent <= 4; ++agent) device->finish(queue_of(agent));
  settle();

  EXPECT_THAT(outcome_of(good), Succeeds("good"));
  EXPECT_THAT(events->wait_broken(), HasSubstr("3 handlers are stuck"));
  EXPECT_FALSE(events->is_drained());
}

// -- parts that die

using NodeParts = FakeTimeFixture;

TEST_F(NodeParts, TheEndOfOneIsTheEndOfTheNode) {
  start(1);
  ASSERT_FALSE(events->is_broken());

  node->ping([] { throw std::runtime_error("a bug"); });
  settle();

  ASSERT_TRUE(events->is_broken());
  EXPECT_THAT(events->wait_broken(), HasSubstr("the dispatcher of this node ended"));
}

TEST_F(NodeParts, AnOrderlyEndIsNoneOfThose) {
  start(1);

  node->stop();
  settle();

  EXPECT_FALSE(events->is_broken());
}

TEST_F(NodeParts, APingComesBackOnceTheActorsRun) {
  start(1);
  bool back = false;

  node->ping([&] { back = true; });
  EXPECT_FALSE(back);
  settle();

  EXPECT_TRUE(back);
}

TEST(SeverableEvents, TellNothingOnceTheyAreSevered) {
  const auto owner = std::make_shared<recording_events>();
  severable_events events{owner};
  events.on_drained();

  events.sever();
  events.on_broken("too late");

  EXPECT_TRUE(owner->is_drained());
  EXPECT_FALSE(owner->is_broken());
  EXPECT_EQ(owner.use_count(), 1);
}

}  // namespace dunlin::testing

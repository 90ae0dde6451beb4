// SPDX-License-Identifier: Apache-2.0
#include "actors/node/local_node.hpp"
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using NodeDrain = NodeFixture;

grant_options work(std::string payload) {
  grant_options out;
  out.kind = "work";
  out.payload = std::move(payload);
  return out;
}

TEST_F(NodeDrain, ReturnsWhatWaitsAndFinishesWhatRuns) {
  auto rig = start(obedient(1));
  const auto runs = rig->grant(work("hang"));
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto waits = rig->grant(work("echo"));

  rig->node->drain();

  ASSERT_TRUE(rig->leader->until([](const auto& all) { return !all.returned.empty(); }));
  EXPECT_EQ(rig->leader->look([](const auto& all) { return all.returned.front().id; }), waits);
  EXPECT_FALSE(rig->events->is_drained());
  hung.open();
  EXPECT_TRUE(rig->events->wait_drained());
  EXPECT_THAT(rig->leader->outcome_of(runs), Succeeds("too late"));
  EXPECT_TRUE(rig->leader->look([](const auto& all) { return all.reports.back().draining; }));
}

TEST_F(NodeDrain, OfAnIdleNodeIsOverAtOnce) {
  auto rig = start();

  rig->node->drain();

  EXPECT_TRUE(rig->events->wait_drained());
}

}  // namespace dunlin::testing

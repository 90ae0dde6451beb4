// SPDX-License-Identifier: Apache-2.0
// What a node cannot be started with.
#include "actors/node/local_node.hpp"
#include "tests/actors/node/node_fixture.hpp"

namespace dunlin::testing {

using ::testing::HasSubstr;

using NodeStart = NodeFixture;

local_node_parts parts_with(std::vector<agent_kind> kinds, std::vector<std::shared_ptr<device_port>> devices) {
  return {std::move(kinds), std::move(devices), std::make_shared<recording_leader>(), std::make_shared<node_wire>(),
          std::make_shared<recording_events>()};
}

TEST_F(NodeStart, RefusesTwoKindsOfOneName) {
  auto rig = start();
  auto kinds = obedient_kinds();
  kinds.push_back(kinds.front());

  const auto started = local_node::start(system(), {}, parts_with(std::move(kinds), {rig->device}));

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::duplicate_name);
  EXPECT_THAT(to_string(started.error()), HasSubstr("'work'"));
}

TEST_F(NodeStart, RefusesToStartWithoutADevice) {
  const auto started = local_node::start(system(), {}, parts_with(obedient_kinds(), {}));

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::invalid_argument);
}

TEST_F(NodeStart, RefusesAProcessKindWithoutAProgramForIt) {
  auto rig = start();

  const auto started = local_node::start(system(), {}, parts_with(child_kinds(), {rig->device}));

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::not_supported);
  EXPECT_THAT(to_string(started.error()), HasSubstr("'apart'"));
}

}  // namespace dunlin::testing

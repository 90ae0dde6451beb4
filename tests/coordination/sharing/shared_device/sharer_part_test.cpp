// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/sharer_part.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr sharer_id first{1};
constexpr sharer_id second{2};

device_appointment two_sharers() {
  device_appointment out;
  out.sharers = {{first, "node-1", {1}}, {second, "node-2", {2}}};
  return out;
}

contract_view contract(sharer_id of, std::uint64_t agent, contract_state state, std::vector<std::uint32_t> units) {
  contract_view out;
  out.agent = far_agent(of, {agent});
  out.state = state;
  out.granted.compute_units = static_cast<std::uint32_t>(units.size());
  out.granted.units = std::move(units);
  out.granted.memory_bytes = state == contract_state::waiting ? 0 : 100;
  return out;
}

/// Agent 7 of each sharer holds, agent 8 of the second one waits.
sharing_view device() {
  sharing_view out;
  out.pattern = sharing_pattern::space_partitioned;
  out.contracts = {contract(first, 7, contract_state::holding, {0, 1}),
                   contract(second, 7, contract_state::parked, {2}), contract(second, 8, contract_state::waiting, {})};
  out.contracts[0].shared_with = {far_agent(second, {7}), far_agent(first, {9})};
  out.contracts[2].why = "waits behind agent " + std::to_string(far_agent(first, {7}).value) + ", an agent of 2 units";
  return out;
}

TEST(SharerPart, HasTheAgentsOfOneSharerByTheirOwnNumbers) {
  const auto part = part_of(device(), second, 4, two_sharers());

  ASSERT_THAT(part.contracts, SizeIs(2));
  EXPECT_EQ(part.contracts[0].agent, agent_id{7});
  EXPECT_EQ(part.contracts[1].agent, agent_id{8});
  EXPECT_EQ(part.pattern, sharing_pattern::space_partitioned);
}

TEST(SharerPart, HasFiguresOfThemAlone) {
  const auto part = part_of(device(), second, 4, two_sharers());

  EXPECT_EQ(part.holders, 1U);
  EXPECT_EQ(part.waiting, 1U);
  EXPECT_EQ(part.units_granted, 1U);
  EXPECT_EQ(part.bytes_granted, 100U);
}

TEST(SharerPart, AllUnitsAreAllOfTheDevice) {
  auto whole = device();
  whole.contracts[0].granted.units.clear();

  EXPECT_EQ(part_of(whole, first, 4, two_sharers()).units_granted, 4U);
}

TEST(SharerPart, TextsNameAgentsWithTheirNodes) {
  EXPECT_EQ(part_of(device(), second, 4, two_sharers()).contracts[1].why,
            "waits behind agent 7 on node-1, an agent of 2 units");
}

TEST(SharerPart, AgentsOfOtherNodesKeepTheirFarNumbers) {
  EXPECT_THAT(part_of(device(), first, 4, two_sharers()).contracts[0].shared_with,
              ElementsAre(far_agent(second, {7}), agent_id{9}));
}

}  // namespace
}  // namespace dunlin

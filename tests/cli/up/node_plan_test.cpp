// SPDX-License-Identifier: Apache-2.0
#include "cli/up/node_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/config/layers.hpp"

namespace dunlin::cli {
namespace {

using testing::Contains;
using testing::HasSubstr;

settings with(std::vector<given_setting> given) {
  auto out = resolve({std::move(given)});
  EXPECT_TRUE(out);
  return out.value_or(settings{});
}

std::string told(const node_plan& plan, const std::string& key) {
  std::string out = "-";
  for (const auto& one : plan.settings)
    if (one.key == key) out = one.text;
  return out;
}

TEST(NodePlan, NamesTheNodesAndDividesTheMachine) {
  const auto plans = plan_nodes(with({{"cluster.nodes", "3", "-n"}}), {8, 3'000}, {});

  ASSERT_TRUE(plans);
  ASSERT_EQ(plans->size(), 3U);
  EXPECT_EQ((*plans)[0].name, "node-1");
  EXPECT_EQ((*plans)[2].name, "node-3");
  EXPECT_EQ(told((*plans)[0], "node.cores") + told((*plans)[1], "node.cores") + told((*plans)[2], "node.cores"), "332");
  EXPECT_EQ(told((*plans)[0], "node.memory_bytes"), "1000");
}

TEST(NodePlan, EveryNodeGetsACoreIfNeedBeASharedOne) {
  const auto plans = plan_nodes(with({{"cluster.nodes", "4", "-n"}}), {2, 0}, {});

  for (const auto& plan : *plans) EXPECT_EQ(told(plan, "node.cores"), "1");
}

TEST(NodePlan, WhatIsSetIsDividedInsteadOfTheMachine) {
  const auto plans = plan_nodes(with({{"node.cores", "6", ""}, {"node.memory_bytes", "100", ""}}), {64, 999}, {});

  EXPECT_EQ(told((*plans)[0], "node.cores"), "3");
  EXPECT_EQ(told((*plans)[1], "node.memory_bytes"), "50");
}

TEST(NodePlan, WishesNameNodesAndTheirCapabilities) {
  const auto plans = plan_nodes(with({{"node.capabilities", "common", ""}}), {2, 0}, {"a:image,text", "b"});

  ASSERT_TRUE(plans);
  ASSERT_EQ(plans->size(), 2U);
  EXPECT_EQ((*plans)[0].name, "a");
  EXPECT_EQ(told((*plans)[0], "node.capabilities"), "image,text,common");
  EXPECT_EQ(told((*plans)[1], "node.capabilities"), "common");
}

TEST(NodePlan, NamesAreCheckedBeforeAnythingStarts) {
  EXPECT_EQ(plan_nodes(settings{}, {}, {"a", "a"}).error().code, errc::invalid_argument);
  EXPECT_EQ(plan_nodes(settings{}, {}, {"a b"}).error().code, errc::invalid_argument);
  EXPECT_EQ(plan_nodes(settings{}, {}, {""}).error().code, errc::invalid_argument);
  EXPECT_EQ(plan_nodes(settings{}, {}, std::vector<std::string>(65, "x")).error().code, errc::invalid_argument);
}

TEST(NodePlan, WhatItWouldIgnoreIsRefused) {
  for (const auto* key : {"link.join", "node.name"}) {
    const auto plans = plan_nodes(with({{key, "127.0.0.1:7", "d.toml:3"}}), {}, {});
    ASSERT_FALSE(plans) << key;
    EXPECT_EQ(plans.error().path, key);
    EXPECT_THAT(plans.error().context, HasSubstr("d.toml:3"));
    EXPECT_FALSE(plans.error().hint.empty());
  }
}

TEST(NodePlan, EverySettingReachesTheProcessOnce) {
  auto plans = plan_nodes(with({{"http.port", "8", ""}, {"output", "table", ""}}), {2, 0}, {});
  auto& leader = plans->front();
  tell(leader, "http.port", "9");

  const auto arguments = arguments_of(leader, "dunlin");

  EXPECT_EQ(arguments[0], "dunlin");
  EXPECT_EQ(arguments[1] + arguments[2], "nodestart");
  EXPECT_THAT(arguments, Contains("http.port=9"));
  EXPECT_THAT(arguments, testing::Not(Contains("http.port=8")));
  EXPECT_THAT(arguments, testing::Not(Contains("output=table")));
}

}  // namespace
}  // namespace dunlin::cli

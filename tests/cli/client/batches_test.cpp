// SPDX-License-Identifier: Apache-2.0
#include "cli/client/batches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace dunlin::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

task_spec named(const std::string& name, std::vector<std::string> needs = {}, std::size_t payload = 0) {
  task_spec out;
  out.name = name;
  out.shape.kind = "echo";
  out.depends_on = std::move(needs);
  out.payload.resize(payload, std::byte{'x'});
  return out;
}

TEST(SplitIntoCalls, WhatFitsStaysAsItIs) {
  const auto calls = split_into_calls({named("b", {"a"}), named("a")});

  ASSERT_TRUE(calls);
  EXPECT_THAT(*calls, ElementsAre(ElementsAre(0U, 1U)));
}

TEST(SplitIntoCalls, ADependencyStandsInAnEarlierCallOrTheSame) {
  const std::vector<task_spec> specs{named("d", {"c"}), named("c", {"a", "b"}), named("b", {"a"}), named("a")};

  const auto calls = split_into_calls(specs, {.tasks = 2, .bytes = 1 << 20});

  ASSERT_TRUE(calls);
  EXPECT_THAT(*calls, ElementsAre(ElementsAre(3U, 2U), ElementsAre(1U, 0U)));
}

TEST(SplitIntoCalls, NoCallIsLargerThanItMayBe) {
  const std::vector<task_spec> specs(10, named("", {}, 1'000));

  const auto calls = split_into_calls(specs, {.tasks = 100, .bytes = 4'000});

  ASSERT_TRUE(calls);
  EXPECT_GT(calls->size(), 2U);
  std::set<std::size_t> seen;
  for (const auto& call : *calls) {
    EXPECT_LT(call.size(), 4U);
    seen.insert(call.begin(), call.end());
  }
  EXPECT_EQ(seen.size(), specs.size());
}

TEST(SplitIntoCalls, ACycleIsFoundByName) {
  const auto calls =
      split_into_calls({named("a", {"b"}), named("b", {"a"}), named("c")}, {.tasks = 1, .bytes = 1 << 20});

  ASSERT_FALSE(calls);
  EXPECT_EQ(calls.error().code, errc::cyclic_dependency);
  EXPECT_THAT(calls.error().context, HasSubstr("a, b"));
}

TEST(SplitIntoCalls, OneSpecThatNeverFitsIsNamed) {
  const auto calls = split_into_calls({named("a"), named("b", {}, 10'000)}, {.tasks = 10, .bytes = 5'000});

  ASSERT_FALSE(calls);
  EXPECT_EQ(calls.error().code, errc::too_large);
  EXPECT_EQ(calls.error().path, "tasks[1]");
}

TEST(AddKeys, KeepsGivenOnesAndMakesTheOthersDifferent) {
  std::vector<task_spec> specs(3);
  specs[1].idempotency_key = "mine";
  add_keys(specs, "p");

  EXPECT_EQ(specs[0].idempotency_key, "p-0");
  EXPECT_EQ(specs[1].idempotency_key, "mine");
  EXPECT_EQ(specs[2].idempotency_key, "p-2");
}

}  // namespace
}  // namespace dunlin::cli

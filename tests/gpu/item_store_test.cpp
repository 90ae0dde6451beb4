// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/item_store.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr agent_id decode{1};
constexpr agent_id left{2};
constexpr agent_id right{3};
constexpr agent_id encode{4};

item_store diamond() {
  item_store out{
      stage_graph::make({{"decode"}, {"left", {"decode"}}, {"right", {"decode"}}, {"encode", {"right", "left"}}}, 4)
          .value()};
  EXPECT_TRUE(out.join(decode, "decode"));
  EXPECT_TRUE(out.join(left, "left"));
  EXPECT_TRUE(out.join(right, "right"));
  EXPECT_TRUE(out.join(encode, "encode"));
  return out;
}

shared_bytes parcel(std::string_view text) { return std::make_shared<const bytes>(to_bytes(text)); }

std::vector<item_store::answer> answers(item_store& some) {
  std::vector<item_store::answer> out;
  some.take_answers(out);
  return out;
}

/// One item through all stages; returns what the last one got.
stage_item send(item_store& some, const shared_bytes& what, bool well = true) {
  some.offer(decode, what);
  for (const auto agent : {left, right}) {
    EXPECT_TRUE(some.take(agent));
    answers(some);
    EXPECT_TRUE(some.finish(agent, well || agent == right
                                       ? result<shared_bytes>{parcel("of " + std::to_string(agent.value))}
                                       : fail(errc::handler_failed, "left is lost")));
  }
  EXPECT_TRUE(some.take(encode));
  return *answers(some).at(0).item;
}

TEST(ItemStore, AJoinGetsOneInputFromEachStageInTheOrderInWhichItNamesThem) {
  auto some = diamond();
  const auto got = send(some, parcel("x"));
  ASSERT_EQ(got.inputs.size(), 2U);
  EXPECT_EQ(as_text(*got.inputs[0]), "of 3");
  EXPECT_EQ(as_text(*got.inputs[1]), "of 2");
}

TEST(ItemStore, ForgetsWhatNobodyNeedsAnyMore) {
  auto some = diamond();
  const auto what = parcel("x");
  for (int i = 0; i < 100; ++i) {
    send(some, what, i % 3 != 0);
    ASSERT_LE(some.kept(), 2U) << "the newest failure, until the last stage is done with it";
  }
  EXPECT_TRUE(some.take(encode));
  answers(some);
  EXPECT_EQ(some.kept(), 0U);
  EXPECT_EQ(what.use_count(), 1);
}

TEST(ItemStore, TellsTheLastStageWhyAnItemFailed) {
  auto some = diamond();
  const auto got = send(some, parcel("x"), false);
  ASSERT_TRUE(got.failure);
  EXPECT_EQ(got.failure->context, "left is lost");
  EXPECT_TRUE(got.inputs.empty());
}

TEST(ItemStore, WhatAnAgentOfTheFirstStageHadInHandGoesWithIt) {
  auto some = diamond();
  const auto what = parcel("x");
  for (int i = 0; i < 5; ++i) {
    some.offer(decode, what);
    answers(some);
  }
  some.leave(decode, error{});
  EXPECT_EQ(some.flow().offered(), 4U) << "there was no room for the fifth";
  EXPECT_EQ(what.use_count(), 1 + 4);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/pipeline/item_flow.hpp"

#include <gmock/gmock.h>

#include "tests/coordination/sharing/pipeline/flow_support.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

TEST(ItemFlow, AnItemGoesFromStageToStage) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  const auto encode = some.join("encode");

  EXPECT_THAT(some.ask(infer), IsEmpty());
  EXPECT_THAT(some.ask(decode), ElementsAre(room(decode, 0), item(infer, 1, 0)));
  EXPECT_THAT(some.ask(encode), IsEmpty());
  EXPECT_THAT(some.finish(infer), ElementsAre(item(encode, 2, 0)));
  EXPECT_EQ(some.flow.in_flight(), 1U);
  EXPECT_THAT(some.finish(encode), IsEmpty());
  EXPECT_EQ(some.flow.in_flight(), 0U);
}

TEST(ItemFlow, AFullRingHoldsTheFirstStageBack) {
  told_flow some{chain(2)};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");

  EXPECT_EQ(some.offer(decode, 5), 2);
  EXPECT_THAT(some.ask(infer), UnorderedElementsAre(item(infer, 1, 0), room(decode, 2)));
}

TEST(ItemFlow, ASlowLastStageHoldsTheFirstStageBack) {
  told_flow some{chain(2)};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  const auto encode = some.join("encode");
  some.ask(encode);

  for (int i = 0; i < 50; ++i) {
    some.ask(decode);
    some.ask(infer);
    if (some.flow.item_of(infer)) some.finish(infer);
  }

  EXPECT_EQ(some.flow.item_of(encode), 0U) << "the slow one still has the first item";
  EXPECT_EQ(some.flow.in_flight(), 2U + 1U + 2U + 1U) << "two rings and two agents";
}

TEST(ItemFlow, OutputsAreHandedOnInOrderWhateverTheOrderOfTheirEnds) {
  told_flow some{chain(4, 2)};
  const auto decode = some.join("decode");
  const auto one = some.join("infer");
  const auto two = some.join("infer");
  const auto encode = some.join("encode");
  some.ask(one);
  some.ask(two);
  some.offer(decode, 3);
  some.ask(encode);

  EXPECT_THAT(some.finish(two), IsEmpty()) << "item 0 is still at work";
  EXPECT_THAT(some.ask(two), ElementsAre(item(two, 1, 2)));
  EXPECT_THAT(some.finish(one), ElementsAre(item(encode, 2, 0)));
  some.finish(encode);
  EXPECT_THAT(some.ask(encode), ElementsAre(item(encode, 2, 1)));
}

TEST(ItemFlow, AFailedItemPassesTheStagesBetweenAndIsToldToTheLast) {
  told_flow some{graph_of({{"in"}, {"a", {"in"}}, {"b", {"a"}}, {"out", {"b"}}})};
  const auto in = some.join("in");
  const auto a = some.join("a");
  const auto b = some.join("b");
  const auto out = some.join("out");
  some.ask(a);
  some.ask(b);
  some.ask(out);
  some.offer(in, 2);

  EXPECT_THAT(some.finish(a, false), ElementsAre(failed_item(out, 3, 0)));
  EXPECT_THAT(some.ask(a), ElementsAre(item(a, 1, 1)));
  EXPECT_THAT(some.finish(a), ElementsAre(item(b, 2, 1)));
}

TEST(ItemFlow, WhoLeavesFailsTheItemThatItHas) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  const auto encode = some.join("encode");
  some.ask(infer);
  some.ask(encode);
  some.offer(decode, 2);

  some.leave(infer);
  EXPECT_THAT(some.grants(), ElementsAre(failed_item(encode, 2, 0)));

  const auto next = some.join("infer");
  EXPECT_THAT(some.ask(next), ElementsAre(item(next, 1, 1))) << "the next item waits for the next agent";
}

TEST(ItemFlow, WhoLeavesWhileItAsksGetsNothing) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  some.ask(infer);
  some.leave(infer);
  EXPECT_THAT(some.ask(decode), ElementsAre(room(decode, 0)));
}

/// A diamond whose stages all want an item.
struct hungry_diamond : told_flow {
  hungry_diamond() : told_flow{diamond()} {
    for (const auto stage : {encode, left, right}) ask(stage);
  }
  const agent_id decode = join("decode");
  const agent_id left = join("left");
  const agent_id right = join("right");
  const agent_id encode = join("encode");
};

TEST(ItemFlow, BranchesBothGetAnItemAndTheyMeetAgain) {
  hungry_diamond some;

  EXPECT_THAT(some.ask(some.decode),
              UnorderedElementsAre(room(some.decode, 0), item(some.left, 1, 0), item(some.right, 2, 0)));
  EXPECT_THAT(some.finish(some.left), IsEmpty());
  EXPECT_THAT(some.finish(some.right), ElementsAre(item(some.encode, 3, 0)));
}

TEST(ItemFlow, AnItemThatOneBranchFailedHasFailedWhereTheyMeet) {
  hungry_diamond some;
  some.offer(some.decode, 1);

  EXPECT_THAT(some.finish(some.left, false), IsEmpty());
  EXPECT_THAT(some.finish(some.right), ElementsAre(failed_item(some.encode, 3, 0)));
}

TEST(ItemFlow, TheStreamEndsWhenTheFirstStageHasLeftAndAllIsTaken) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  some.offer(decode, 1);

  some.leave(decode);

  EXPECT_THAT(some.ask(infer), ElementsAre(item(infer, 1, 0)));
  some.finish(infer);
  EXPECT_THAT(some.ask(infer), ElementsAre(end(infer, 1, 1)));
  const auto late = some.join("encode");
  EXPECT_THAT(some.ask(late), ElementsAre(item(late, 2, 0))) << "though it came after the end";
  some.finish(late);
  EXPECT_THAT(some.ask(late), ElementsAre(end(late, 2, 1)));
}

TEST(ItemFlow, NobodyIsAtTheEndBeforeTheFirstStageHasCome) {
  told_flow some{chain()};
  const auto infer = some.join("infer");
  EXPECT_THAT(some.ask(infer), IsEmpty());

  const auto decode = some.join("decode");
  EXPECT_THAT(some.grants(), IsEmpty());
  some.leave(decode);

  EXPECT_THAT(some.grants(), ElementsAre(end(infer, 1, 0)));
}

TEST(ItemFlow, WhoComesAfterTheEndWaitsForTheNextStream) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  const auto infer = some.join("infer");
  some.leave(decode);
  EXPECT_THAT(some.ask(infer), ElementsAre(end(infer, 1, 0)));
  some.leave(infer);

  const auto next = some.join("infer");
  EXPECT_THAT(some.ask(next), IsEmpty());
  const auto again = some.join("decode");
  EXPECT_THAT(some.ask(again), ElementsAre(room(again, 0), item(next, 1, 0)));

  const auto encode = some.join("encode");
  some.leave(again);
  some.finish(next, false);
  EXPECT_THAT(some.ask(encode), ElementsAre(failed_item(encode, 2, 0)));
}

TEST(ItemFlow, WhoComesLateSeesTheEndAsTheOthersDid) {
  told_flow some{chain(4, 2)};
  some.leave(some.join("decode"));
  const auto one = some.join("infer");
  EXPECT_THAT(some.ask(one), ElementsAre(end(one, 1, 0))) << "though it was not there before";
  EXPECT_THAT(some.ask(one), ElementsAre(end(one, 1, 0))) << "again";
  some.leave(one);
  const auto two = some.join("infer");
  EXPECT_THAT(some.ask(two), ElementsAre(end(two, 1, 0)));
  some.leave(two);

  const auto three = some.join("infer");
  EXPECT_THAT(some.ask(three), IsEmpty()) << "two may serve the stage, and both have seen it";
}

TEST(ItemFlow, RefusesMoreAgentsThanMayServeAStageAndASecondStage) {
  told_flow some{chain()};
  const auto decode = some.join("decode");
  EXPECT_EQ(some.flow.join({9}, 0).error().code, errc::overloaded);
  EXPECT_EQ(some.flow.join(decode, 1).error().code, errc::conflict);
  some.leave(decode);
  EXPECT_TRUE(some.flow.join({9}, 0));
}

TEST(ItemFlow, OneStageAloneTakesWhatItOffers) {
  told_flow some{graph_of({{"only"}})};
  const auto only = some.join("only");
  EXPECT_EQ(some.offer(only, 100), 100);
  EXPECT_EQ(some.flow.in_flight(), 0U);
}

}  // namespace
}  // namespace dunlin

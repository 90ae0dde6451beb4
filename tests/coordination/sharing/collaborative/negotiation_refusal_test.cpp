// SPDX-License-Identifier: Apache-2.0
// What is refused, each for a reason of its own: nothing changes by it.
#include <gmock/gmock.h>

#include "tests/coordination/sharing/collaborative/bargain_table.hpp"

namespace dunlin {
namespace {

using test::bargain_table;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};
constexpr agent_id stranger{99};

/// Two parties; the first has bid.
class Refusal : public testing::Test {
 protected:
  Refusal() {
    table.seat_silent(a);
    table.seat_silent(b);
    table.open();
    EXPECT_TRUE(bid({1, a, 100, 900}));
    table.said().clear();
  }

  result<void> bid(const share_bid& some) { return table.bargain().on_bid(some, table.now(), table.said()); }
  result<void> answer(const share_answer& some) { return table.bargain().on_answer(some, table.now(), table.said()); }
  errc code(const share_bid& some) { return bid(some) ? errc::none : bid(some).error().code; }
  errc code(const share_answer& some) { return answer(some) ? errc::none : answer(some).error().code; }

  void reach_round_two() {
    EXPECT_TRUE(bid({1, b, 100, 900}));
    EXPECT_TRUE(answer({1, 1, a, false, 200}));
    EXPECT_TRUE(answer({1, 1, b}));
    table.said().clear();
  }

  bargain_table table;
};

TEST_F(Refusal, AStrangersBidChangesNothing) {
  EXPECT_EQ(code(share_bid{1, stranger, 1'000, 1'000}), errc::not_holder);
  EXPECT_THAT(table.said(), IsEmpty());
  reach_round_two();
  EXPECT_EQ(code(share_answer{1, 2, stranger, false, 1'000}), errc::not_holder);
  EXPECT_THAT(table.said(), IsEmpty());
  EXPECT_TRUE(answer({1, 2, a}));
  EXPECT_TRUE(answer({1, 2, b}));
  const auto settled = std::get<bargain_settled>(table.said().at(0));
  EXPECT_THAT(settled.allotments, ElementsAre(allotment{a, 200}, allotment{b, 800}));
}

TEST_F(Refusal, AnAnswerToAnOldRoundChangesNothing) {
  reach_round_two();
  EXPECT_EQ(code(share_answer{1, 1, b, false, 1'000, 500}), errc::fenced_off);
  EXPECT_THAT(table.said(), IsEmpty());
  EXPECT_TRUE(answer({1, 2, a}));
  EXPECT_TRUE(answer({1, 2, b}));
  EXPECT_THAT(std::get<bargain_settled>(table.said().at(0)).allotments,
              ElementsAre(allotment{a, 200}, allotment{b, 800}));
}

TEST_F(Refusal, OlderAndUnknownCallsAndRounds) {
  EXPECT_EQ(code(share_bid{0, b, 1, 1}), errc::fenced_off);
  EXPECT_EQ(code(share_bid{2, b, 1, 1}), errc::invalid_argument);
  reach_round_two();
  EXPECT_EQ(code(share_answer{1, 3, b}), errc::invalid_argument);
  EXPECT_EQ(code(share_answer{0, 2, b}), errc::fenced_off);
  EXPECT_THAT(table.said(), IsEmpty());
}

TEST_F(Refusal, OutOfTurn) {
  EXPECT_EQ(code(share_bid{1, a, 1, 1}), errc::conflict) << "it has bid";
  EXPECT_EQ(code(share_answer{1, 0, a}), errc::conflict) << "nothing is offered";
  EXPECT_TRUE(bid({1, b, 100, 900}));
  EXPECT_TRUE(answer({1, 1, a}));
  EXPECT_EQ(code(share_answer{1, 1, a}), errc::conflict) << "it has answered";
  EXPECT_EQ(code(share_bid{1, b, 1, 1}), errc::conflict) << "bids are closed";
  EXPECT_TRUE(answer({1, 1, b}));
  EXPECT_EQ(code(share_answer{1, 1, b}), errc::conflict) << "it is settled";
}

TEST_F(Refusal, ABidThatComesTooLate) {
  table.wait(bargain_terms{}.bid_within);
  EXPECT_EQ(code(share_bid{1, b, 1, 1}), errc::conflict);
  EXPECT_THAT(table.said(), SizeIs(2)) << "offers went out meanwhile";
}

TEST_F(Refusal, FiguresThatCannotBe) {
  const auto path = [&](const share_bid& some) {
    const auto taken = bid(some);
    return taken ? std::string{} : std::string{to_string(taken.error().code)} + " " + taken.error().path;
  };
  EXPECT_EQ(path({1, b, 500, 400}), "invalid_argument most_milli");
  EXPECT_EQ(path({1, b, 500, 1'001}), "invalid_argument most_milli");
  EXPECT_EQ(path({1, b, 1, 1'000, {}, {1, 2}}), "invalid_argument values");
  EXPECT_EQ(path({1, b, 1, 1'000, {}, std::vector<std::uint32_t>(11)}), "invalid_argument values");
  EXPECT_EQ(path({1, b, 1, 1'000, -1ns}), "expired needed_for");
  reach_round_two();
  EXPECT_EQ(code(share_answer{1, 2, b, false, 1'001}), errc::invalid_argument);
  EXPECT_THAT(table.said(), IsEmpty());
}

TEST(Negotiation, IsOneAtATimeAndAmongKnownParties) {
  bargain_effects out;
  negotiation some{test::one_device(), {.most_parties = 2}};
  const auto code = [&](const std::vector<party>& all) {
    const auto opened = some.open(all, {}, out);
    return opened ? errc::none : opened.error().code;
  };
  EXPECT_EQ(code({}), errc::invalid_argument);
  EXPECT_EQ(code({{a, {}}, {a, {}}}), errc::invalid_argument);
  EXPECT_EQ(code({{agent_id{}, {}}}), errc::invalid_argument);
  EXPECT_EQ(code({{a, {}}, {b, {}}, {c, {}}}), errc::overloaded);
  EXPECT_EQ(code({{a, {}, {}, 600}, {b, {}, {}, 500}}), errc::invalid_argument);
  EXPECT_EQ(some.on_bid({0, a, 1, 1}, {}, out).error().code, errc::not_holder) << "nobody was called";
  EXPECT_THAT(out, IsEmpty());
  EXPECT_EQ(code({{a, {}}}), errc::none);
  EXPECT_EQ(code({{a, {}}}), errc::conflict);
}

}  // namespace
}  // namespace dunlin

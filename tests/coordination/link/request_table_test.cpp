// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/request_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace dunlin::link {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr time_point t0{};
constexpr incarnation peer{7};
constexpr incarnation other{8};

class RequestTable : public testing::Test {
 protected:
  request_id ask(incarnation whom, std::string waiter, duration patience = 3s) {
    return table_.open(whom, t0 + patience, std::move(waiter)).value();
  }
  auto noting() {
    return [this](std::string&& waiter, const error& why) {
      ended_.push_back(waiter + ' ' + std::string{to_string(why.code)});
    };
  }

  request_table<std::string> table_{1'000};
  std::vector<std::string> ended_;
};

TEST_F(RequestTable, AnswerFindsItsWaiterOnce) {
  const auto id = ask(peer, "a");

  EXPECT_EQ(table_.answered(id, peer), "a");
  EXPECT_EQ(table_.answered(id, peer), std::nullopt);
  EXPECT_EQ(table_.size(), 0U);
}

TEST_F(RequestTable, OnlyThePeerThatWasAskedMayAnswer) {
  const auto id = ask(peer, "a");

  EXPECT_EQ(table_.answered(id, other), std::nullopt);
  EXPECT_EQ(table_.answered(id, peer), "a");
}

TEST_F(RequestTable, AnswerToAnEarlierTenantOfTheSlotIsRefused) {
  const auto first = ask(peer, "a");
  ASSERT_TRUE(table_.answered(first, peer));
  const auto second = ask(peer, "b");
  ASSERT_EQ(request_slots::slot_of(first), request_slots::slot_of(second));

  EXPECT_EQ(table_.answered(first, peer), std::nullopt);
  EXPECT_EQ(table_.answered(second, peer), "b");
}

TEST_F(RequestTable, LinkDownEndsWhatThatPeerOwesInOrder) {
  ask(peer, "a");
  ask(other, "b");
  ask(peer, "c");

  table_.link_down(peer, error{errc::io_failed, "reset"}, noting());

  EXPECT_THAT(ended_, ElementsAre("a link_down", "c link_down"));
  EXPECT_EQ(table_.size(), 1U);
}

TEST_F(RequestTable, DueRequestsTimeOut) {
  ask(peer, "soon", 100ms);
  ask(peer, "later", 200ms);
  ask(peer, "much_later", 20s);  // more than one turn of the wheel

  table_.expire(t0 + 99ms, noting());
  EXPECT_THAT(ended_, IsEmpty());
  table_.expire(t0 + 100ms, noting());
  EXPECT_THAT(ended_, ElementsAre("soon timeout"));
  table_.expire(t0 + 19s, noting());
  EXPECT_THAT(ended_, ElementsAre("soon timeout", "later timeout"));
  table_.expire(t0 + 20s, noting());
  EXPECT_THAT(ended_, ElementsAre("soon timeout", "later timeout", "much_later timeout"));
}

TEST_F(RequestTable, DeadlineInThePastIsFoundToo) {
  table_.expire(t0 + 10s, noting());
  ask(peer, "late", 1s);
  table_.expire(t0 + 10s, noting());
  EXPECT_THAT(ended_, ElementsAre("late timeout"));
}

TEST_F(RequestTable, IsBounded) {
  for (int i = 0; i < 1'000; ++i) ask(peer, "x");
  EXPECT_EQ(table_.open(peer, t0, "one more").error().code, errc::overloaded);

  table_.link_down(peer, error{errc::io_failed}, noting());

  EXPECT_TRUE(table_.open(peer, t0, "again"));
}

TEST_F(RequestTable, AskingAgainWhileBeingToldIsSafe) {
  for (int i = 0; i < 10; ++i) ask(peer, "first");
  int told = 0;
  table_.link_down(peer, error{errc::io_failed}, [&](std::string&& waiter, const error&) {
    EXPECT_EQ(waiter, "first");
    ++told;
    ask(peer, "second");
  });
  EXPECT_EQ(told, 10);
  EXPECT_EQ(table_.size(), 10U);
}

TEST(RequestTableOf, HoldsMoveOnlyWaiters) {
  request_table<std::unique_ptr<int>> table{1};
  const auto id = table.open(peer, t0, std::make_unique<int>(5)).value();
  EXPECT_EQ(**table.answered(id, peer), 5);
}

}  // namespace
}  // namespace dunlin::link

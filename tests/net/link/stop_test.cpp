// SPDX-License-Identifier: Apache-2.0
// How a host ends.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

using clock_type = std::chrono::steady_clock;

TEST(LinkStop, WhatWasSentBeforeTheEndArrives) {
  linked_pair pair;
  constexpr std::size_t count = 500;
  const std::string body(1'024, 'x');
  for (std::size_t i = 0; i < count; ++i) ASSERT_TRUE(pair.a.host->send("b", "k", as_bytes(body)));

  pair.a.host.reset();

  ASSERT_TRUE(pair.b.record.wait_for_down());
  const auto news = pair.b.record.news();
  EXPECT_EQ(news.messages.size(), count);
  EXPECT_EQ(news.down[0].why.code, errc::shutting_down);
}

/// Closing a socket with unread bytes in it makes the kernel drop what was still to be sent.
TEST(LinkStop, TheLastWordsArriveAlthoughThePeerIsTalking) {
  for (int round = 0; round < 20; ++round) {
    linked_pair pair;
    std::atomic<bool> is_over = false;
    std::jthread talker{[&] {
      const std::string body(4 * 1'024, 'y');
      while (!is_over) static_cast<void>(pair.b.host->send("a", "k", as_bytes(body)));
    }};
    ASSERT_TRUE(pair.a.record.wait_for_messages(50));
    ASSERT_TRUE(pair.a.host->send("b", "k", as_bytes("last words")));

    pair.a.host.reset();

    EXPECT_TRUE(pair.b.record.wait_for_down());
    is_over = true;
    const auto news = pair.b.record.news();
    ASSERT_EQ(news.messages.size(), 1U) << "round " << round;
    EXPECT_EQ(news.down[0].why.code, errc::shutting_down) << to_string(news.down[0].why);
  }
}

TEST(LinkStop, APeerThatReadsNothingIsNotWaitedFor) {
  link_node a{"a", 1};
  scripted_peer control{a.host->port(), {.returns_credit = false}};
  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(control.shake_hands());
  ASSERT_TRUE(bulk.shake_hands());
  ASSERT_TRUE(a.record.wait_for_up());
  const std::string body(100 * 1'024, 'x');
  while (a.host->send("scripted", "k", as_bytes(body))) continue;
  const auto from = clock_type::now();

  a.host.reset();

  EXPECT_LT(clock_type::now() - from, 5s);
  EXPECT_TRUE(a.record.news().down.empty()) << "who ends knows, and is not told";
}

TEST(LinkStop, AHostWithoutLinksEndsAtOnce) {
  for (int round = 0; round < 100; ++round) link_node{"a", 1};
}

TEST(LinkStop, AHostEndsWhileItDials) {
  for (int round = 0; round < 30; ++round) {
    const link_node a{"a", 1};
    const link_node b{"b", 2};
    ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));
    ASSERT_TRUE(a.host->dial("127.0.0.1", b.host->port()));
  }
}

TEST(LinkStop, NothingIsToldAfterTheEnd) {
  linked_pair pair;
  pair.a.host.reset();
  const auto before = pair.a.record.news();

  for (int i = 0; i < 100; ++i) static_cast<void>(pair.b.host->send("a", "k", as_bytes("hello?")));
  ASSERT_TRUE(pair.b.record.wait_for_down());

  const auto after = pair.a.record.news();
  EXPECT_EQ(after.messages.size(), before.messages.size());
  EXPECT_EQ(after.down.size(), before.down.size());
  EXPECT_EQ(after.refused.size(), before.refused.size());
}

}  // namespace
}  // namespace dunlin::test

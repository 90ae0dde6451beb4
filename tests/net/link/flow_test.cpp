// SPDX-License-Identifier: Apache-2.0
// A peer that does not keep up: the sender is told, memory stays bounded, and nothing accepted is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

constexpr std::size_t backlog = 256 * 1'024;

/// A node with a small backlog, and a peer that reads only when told to.
class LinkFlow : public testing::Test {
 protected:
  static net::link_config small_backlog() {
    auto config = link_config_of("a", 1);
    config.limits.backlog_bytes = backlog;
    config.times.silent_after = 60s;
    return config;
  }

  void SetUp() override {
    ASSERT_TRUE(control.shake_hands());
    ASSERT_TRUE(bulk.shake_hands());
    ASSERT_TRUE(a.record.wait_for_up());
  }

  /// Sends numbered messages of this size until one is refused; returns how many were accepted.
  std::size_t fill(std::size_t body_bytes, error& why) {
    for (std::size_t i = 0; i < 1'000'000; ++i) {
      std::string body = std::to_string(i);
      body.resize(std::max(body.size(), body_bytes), '.');
      if (body_bytes == 0) body.clear();
      const auto sent = a.host->send("scripted", "k", as_bytes(body));
      if (sent) continue;
      why = sent.error();
      return i;
    }
    return 1'000'000;
  }

  link_node a{small_backlog()};
  scripted_peer control{a.host->port(), {.role = link::channel::control, .returns_credit = false}};
  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
};

TEST_F(LinkFlow, ASlowReaderStopsTheSender) {
  constexpr std::size_t body_bytes = 8 * 1'024;
  error why;
  const auto accepted = fill(body_bytes, why);

  EXPECT_EQ(why.code, errc::overloaded);
  EXPECT_THAT(why.context, testing::HasSubstr("does not keep up"));
  EXPECT_FALSE(why.hint.empty());
  const auto bound = (link::control_window.bytes + backlog) / body_bytes;
  EXPECT_LE(accepted, bound);
  EXPECT_GE(accepted, bound * 9 / 10);
}

TEST_F(LinkFlow, WhatWasAcceptedArrivesOnceTheReaderGoesOn) {
  constexpr std::size_t body_bytes = 8 * 1'024;
  error why;
  const auto accepted = fill(body_bytes, why);
  ASSERT_EQ(why.code, errc::overloaded);

  while (control.messages().size() < accepted) {
    ASSERT_TRUE(control.read()) << "after " << control.messages().size() << " of " << accepted;
    control.return_credit();
  }

  for (std::size_t i = 0; i < accepted; ++i)
    ASSERT_EQ(control.messages()[i].substr(0, control.messages()[i].find('.')), std::to_string(i));
  EXPECT_TRUE(a.host->send("scripted", "k", as_bytes("again")));
  ASSERT_TRUE(control.read_messages(accepted + 1));
  EXPECT_EQ(control.messages().back(), "again");
}

TEST_F(LinkFlow, MessagesWithoutABodyAreBoundedToo) {
  error why;
  const auto accepted = fill(0, why);

  EXPECT_EQ(why.code, errc::overloaded);
  EXPECT_LE(accepted, link::control_window.frames + backlog / link::envelope_overhead_bytes);
}

TEST_F(LinkFlow, TheOtherConnectionDoesNotWait) {
  error why;
  fill(8 * 1'024, why);
  ASSERT_EQ(why.code, errc::overloaded);

  ASSERT_TRUE(a.host->send("scripted", "k", as_bytes("by bulk"), link::channel::bulk));

  ASSERT_TRUE(bulk.read_messages(1));
  EXPECT_EQ(bulk.messages().back(), "by bulk");
}

TEST_F(LinkFlow, AnotherPeerDoesNotWait) {
  error why;
  fill(8 * 1'024, why);
  ASSERT_EQ(why.code, errc::overloaded);
  link_node b{"b", 2};
  ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));
  ASSERT_TRUE(b.record.wait_for_up());

  ASSERT_TRUE(a.host->send("b", "k", as_bytes("hello")));

  EXPECT_TRUE(b.record.wait_for_messages(1));
}

TEST(LinkFlowPair, MoreThanAnyWindowPassesBetweenHosts) {
  linked_pair pair;
  const std::string body(100 * 1'024, 'x');
  constexpr std::size_t count = 100;  // three windows
  const auto until = std::chrono::steady_clock::now() + 20s;
  for (std::size_t sent = 0; sent < count && std::chrono::steady_clock::now() < until;)
    if (pair.a.host->send("b", "k", as_bytes(body), link::channel::bulk)) ++sent;

  ASSERT_TRUE(pair.b.record.wait_for_messages(count));
  for (const auto& message : pair.b.record.news().messages) ASSERT_EQ(message.body.size(), body.size());
}

}  // namespace
}  // namespace dunlin::test

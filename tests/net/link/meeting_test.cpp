// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <thread>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

result<void> send(link_node& from, const std::string& to, std::string_view kind, std::string_view body,
                  link::channel by = link::channel::control) {
  return from.host->send(to, kind, as_bytes(body), by);
}

/// Sends although the peer must catch up now and then.
void send_surely(link_node& from, const std::string& to, std::string_view kind, std::string_view body,
                 link::channel by) {
  const auto until = std::chrono::steady_clock::now() + 10s;
  auto sent = send(from, to, kind, body, by);
  while (!sent && sent.error().code == errc::overloaded && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
    sent = send(from, to, kind, body, by);
  }
  ASSERT_TRUE(sent) << to_string(sent.error());
}

TEST(LinkHost, TwoHostsMeetAndKnowEachOther) {
  const linked_pair pair;

  const auto seen_by_a = pair.a.record.news();
  const auto seen_by_b = pair.b.record.news();
  ASSERT_EQ(seen_by_a.up.size(), 1U);
  EXPECT_EQ(seen_by_a.up[0].node, "b");
  EXPECT_EQ(seen_by_a.up[0].life, incarnation{2});
  EXPECT_EQ(seen_by_a.up[0].port, pair.b.host->port());
  ASSERT_EQ(seen_by_b.up.size(), 1U);
  EXPECT_EQ(seen_by_b.up[0].node, "a");
  EXPECT_EQ(seen_by_b.up[0].port, pair.a.host->port());
  EXPECT_TRUE(seen_by_a.refused.empty());
  EXPECT_TRUE(seen_by_b.refused.empty());
}

TEST(LinkHost, APeerIsUpOnlyWithBothConnections) {
  link_node a{"a", 1};
  scripted_peer control{a.host->port(), {.role = link::channel::control}};
  ASSERT_TRUE(control.shake_hands());
  EXPECT_EQ(send(a, "scripted", "greeting", "").error().code, errc::unreachable);
  EXPECT_TRUE(a.record.news().up.empty());

  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(bulk.shake_hands());

  ASSERT_TRUE(a.record.wait_for_up());
  ASSERT_TRUE(send(a, "scripted", "greeting", "by control"));
  ASSERT_TRUE(send(a, "scripted", "greeting", "by bulk", link::channel::bulk));
  ASSERT_TRUE(control.read_messages(1));
  ASSERT_TRUE(bulk.read_messages(1));
  EXPECT_EQ(control.messages(), std::vector<std::string>{"by control"});
  EXPECT_EQ(bulk.messages(), std::vector<std::string>{"by bulk"});
}

TEST(LinkHost, MessagesOfEveryChannelArriveInOrder) {
  constexpr std::size_t count = 3'000;
  linked_pair pair;

  for (std::size_t i = 0; i < count; ++i) {
    send_surely(pair.a, "b", "control", std::to_string(i), link::channel::control);
    send_surely(pair.a, "b", "bulk", std::to_string(i), link::channel::bulk);
    send_surely(pair.b, "a", "control", std::to_string(i), link::channel::control);
    send_surely(pair.b, "a", "bulk", std::to_string(i), link::channel::bulk);
  }

  for (const auto* node : {&pair.a, &pair.b}) {
    ASSERT_TRUE(node->record.wait_for_messages(2 * count));
    std::map<std::string, std::size_t> next;
    for (const auto& message : node->record.news().messages)
      ASSERT_EQ(message.body, std::to_string(next[message.kind]++)) << "on " << message.kind;
    EXPECT_EQ(next["control"], count);
    EXPECT_EQ(next["bulk"], count);
  }
}

TEST(LinkHost, ThreadsMaySendAtOnce) {
  constexpr int threads = 4;
  constexpr int count = 500;
  linked_pair pair;
  {
    std::vector<std::jthread> senders;
    senders.reserve(threads);
    for (int thread = 0; thread < threads; ++thread)
      senders.emplace_back([&pair, thread] {
        for (int i = 0; i < count; ++i)
          send_surely(pair.b, "a", std::to_string(thread), std::to_string(i), link::channel::control);
      });
  }

  ASSERT_TRUE(pair.a.record.wait_for_messages(threads * count));
  std::map<std::string, int> next;
  for (const auto& message : pair.a.record.news().messages)
    ASSERT_EQ(message.body, std::to_string(next[message.kind]++));
}

TEST(LinkHost, TheEmptyAndTheLargestMessageArriveWhole) {
  linked_pair pair;
  const std::string kind = "k";
  std::string largest(link::max_frame_bytes - link::envelope_overhead_bytes - kind.size(), '\0');
  for (std::size_t i = 0; i < largest.size(); ++i) largest[i] = static_cast<char>(i * 31);

  ASSERT_TRUE(send(pair.a, "b", kind, ""));
  ASSERT_TRUE(send(pair.a, "b", kind, largest));

  ASSERT_TRUE(pair.b.record.wait_for_messages(2));
  const auto news = pair.b.record.news();
  EXPECT_EQ(news.messages[0].body, "");
  EXPECT_TRUE(news.messages[1].body == largest);
  EXPECT_EQ(send(pair.a, "b", kind, largest + "x").error().code, errc::too_large);
}

TEST(LinkHost, ForeignNamesAndKindsAreRefusedAtTheSender) {
  linked_pair pair;

  EXPECT_EQ(send(pair.a, "nobody", "kind", "").error().code, errc::unreachable);
  EXPECT_EQ(send(pair.a, "b", "link.ping", "").error().code, errc::invalid_argument);
  EXPECT_EQ(send(pair.a, "b", "", "").error().code, errc::invalid_argument);
}

/// The acceptor knows of the whole link first and may speak at once, on a connection whose sister's welcome is still
/// on its way to the dialler.
TEST(LinkHost, APeerIsUpBeforeItsFirstMessage) {
  for (std::uint64_t round = 0; round < 40; ++round) {
    link_node a{"a", 1};
    link_node b{"b", 2};
    a.record.when_up = [&a](const link::identity& peer) {
      EXPECT_TRUE(send(a, peer.node, "greeting", "one"));
      EXPECT_TRUE(send(a, peer.node, "greeting", "two"));
    };
    ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));

    ASSERT_TRUE(b.record.wait_for_messages(2));
    const auto news = b.record.news();
    EXPECT_FALSE(news.message_of_a_stranger);
    EXPECT_EQ(news.messages[0].body, "one");
    EXPECT_EQ(news.messages[1].body, "two");
  }
}

TEST(LinkHost, WhatComesBeforeTheSecondConnectionIsKept) {
  link_node a{"a", 1};
  scripted_peer control{a.host->port(), {.role = link::channel::control}};
  ASSERT_TRUE(control.shake_hands());
  ASSERT_TRUE(control.send("early", as_bytes("bird")));

  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(bulk.shake_hands());

  ASSERT_TRUE(a.record.wait_for_messages(1));
  EXPECT_EQ(a.record.news().messages[0].body, "bird");
  EXPECT_FALSE(a.record.news().message_of_a_stranger);
}

TEST(LinkHost, HostsThatCallEachOtherAtOnceHaveOneLink) {
  for (std::uint64_t round = 0; round < 20; ++round) {
    link_node a{"a", 1 + round % 2};
    link_node b{"b", 2 - round % 2};
    ASSERT_TRUE(a.host->dial("127.0.0.1", b.host->port()));
    ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));
    ASSERT_TRUE(a.record.wait_for_up());
    ASSERT_TRUE(b.record.wait_for_up());

    for (int i = 0; i < 10; ++i) {
      EXPECT_TRUE(send(a, "b", "k", std::to_string(i)));
      EXPECT_TRUE(send(b, "a", "k", std::to_string(i), link::channel::bulk));
    }
    EXPECT_TRUE(a.record.wait_for_messages(10));
    EXPECT_TRUE(b.record.wait_for_messages(10));
    EXPECT_EQ(a.record.news().up.size(), 1U);
    EXPECT_EQ(b.record.news().up.size(), 1U);
    EXPECT_TRUE(a.record.news().down.empty());
    EXPECT_TRUE(b.record.news().down.empty());
  }
}

TEST(LinkHost, ManyNodesMeetOne) {
  constexpr std::size_t count = 12;
  link_node hub{"hub", 1};
  std::vector<std::unique_ptr<link_node>> others;
  for (std::size_t i = 0; i < count; ++i) {
    others.push_back(std::make_unique<link_node>("n" + std::to_string(i), 100 + i));
    ASSERT_TRUE(others.back()->host->dial("127.0.0.1", hub.host->port()));
  }
  ASSERT_TRUE(hub.record.wait_for_up(count));
  for (auto& other : others) {
    ASSERT_TRUE(other->record.wait_for_up());
    ASSERT_TRUE(send(*other, "hub", "k", "hello"));
  }

  ASSERT_TRUE(hub.record.wait_for_messages(count));
  std::vector<std::string> from;
  for (const auto& message : hub.record.news().messages) from.push_back(message.from);
  std::ranges::sort(from);
  EXPECT_EQ(std::unique(from.begin(), from.end()) - from.begin(), static_cast<std::ptrdiff_t>(count));
}

}  // namespace
}  // namespace dunlin::test

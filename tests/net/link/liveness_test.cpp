// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;
using clock_type = std::chrono::steady_clock;

net::link_config impatient(const std::string& name, std::uint64_t life) {
  auto config = link_config_of(name, life);
  config.times = {.handshake_within = 5s, .silent_after = 300ms, .tick = 25ms};
  return config;
}

TEST(LinkLiveness, ASilentPeerIsReportedInTime) {
  link_node a{impatient("a", 1)};
  scripted_peer control{a.host->port(), {.role = link::channel::control}};
  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(control.shake_hands());
  ASSERT_TRUE(bulk.shake_hands());
  ASSERT_TRUE(a.record.wait_for_up());
  const auto from = clock_type::now();

  ASSERT_TRUE(a.record.wait_for_down());

  EXPECT_GE(clock_type::now() - from, 200ms) << "it was not yet silent for long";
  const auto news = a.record.news();
  EXPECT_EQ(news.down[0].node, "scripted");
  EXPECT_EQ(news.down[0].why.code, errc::timeout);
  EXPECT_THAT(news.down[0].why.context, HasSubstr("silent"));
  EXPECT_EQ(a.host->send("scripted", "k", {}).error().code, errc::unreachable);
}

TEST(LinkLiveness, AnyByteIsASignOfLife) {
  link_node a{impatient("a", 1)};
  scripted_peer control{a.host->port(), {.role = link::channel::control}};
  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(control.shake_hands());
  ASSERT_TRUE(bulk.shake_hands());
  ASSERT_TRUE(a.record.wait_for_up());
  // One byte at a time of a frame that is never finished.
  ASSERT_TRUE(control.write_raw(bytes{std::byte{0}, std::byte{3}, std::byte{0}, std::byte{0}}));
  ASSERT_TRUE(bulk.write_raw(bytes{std::byte{0}, std::byte{3}, std::byte{0}, std::byte{0}}));
  const auto from = clock_type::now();
  bool is_down = false;
  while (!is_down && clock_type::now() - from < 900ms) {
    ASSERT_TRUE(control.write_raw(bytes(1)));
    ASSERT_TRUE(bulk.write_raw(bytes(1)));
    is_down = a.record.wait([](const link_news& news) { return !news.down.empty(); }, 20ms);
  }
  EXPECT_FALSE(is_down);
}

TEST(LinkLiveness, AQuietLinkIsKeptAliveByPings) {
  link_node a{impatient("a", 1)};
  link_node b{impatient("b", 2)};
  ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));
  ASSERT_TRUE(b.record.wait_for_up());

  EXPECT_FALSE(a.record.wait([](const link_news& news) { return !news.down.empty(); }, 1s));
  EXPECT_TRUE(b.record.news().down.empty());
}

TEST(LinkLiveness, APeerThatComesBackIsFoundAgain) {
  auto first = std::make_unique<link_node>("a", 1);
  link_node b{"b", 2};
  const auto port = first->host->port();
  ASSERT_TRUE(b.host->dial("127.0.0.1", port));
  ASSERT_TRUE(b.record.wait_for_up());

  first.reset();
  ASSERT_TRUE(b.record.wait_for_down());
  EXPECT_EQ(b.record.news().down[0].why.code, errc::shutting_down);
  EXPECT_TRUE(b.record.wait_for_refusal(errc::unreachable, true)) << "while nobody is there, it says so";
  auto config = link_config_of("a", 3);
  config.port = port;
  link_node second{config};

  ASSERT_TRUE(b.record.wait_for_up(2));
  EXPECT_EQ(b.record.news().up[1].life, incarnation{3});
  ASSERT_TRUE(second.record.wait_for_up());
  ASSERT_TRUE(b.host->send("a", "k", as_bytes("again")));
  EXPECT_TRUE(second.record.wait_for_messages(1));
}

TEST(LinkLiveness, ADialToNobodyIsRepeatedWithGrowingPauses) {
  std::uint16_t free_port = 0;
  { free_port = raw_listener{}.port(); }
  auto config = link_config_of("b", 2);
  config.redials = {.first = 20ms, .cap = 40ms};
  link_node b{config};
  const auto from = clock_type::now();
  ASSERT_TRUE(b.host->dial("127.0.0.1", free_port));

  ASSERT_TRUE(b.record.wait([](const link_news& news) { return news.refused.size() >= 6; }));

  // Attempts at 0, 0, then pauses of 20, 40, 40, 40 ms, each times 0.5 at least.
  EXPECT_GE(clock_type::now() - from, 60ms);
  for (const auto& refusal : b.record.news().refused) {
    EXPECT_EQ(refusal.why.code, errc::unreachable);
    EXPECT_THAT(refusal.why.context, HasSubstr("nobody answers on 127.0.0.1 port " + std::to_string(free_port)));
  }
}

/// A link that falls as soon as it stands must not be built up again as fast as the machine can.
TEST(LinkLiveness, ALinkThatNeverLastsIsRedialledWithPauses) {
  link_node a{"a", 1};
  a.record.when_up = [&a](const link::identity& peer) {
    a.host->disconnect(peer.life, error{errc::overloaded, "not you"});
  };
  auto config = link_config_of("b", 2);
  // A link may be cut before both of its connections stand: that pause counts and its link does not.
  config.redials = {.first = 50ms, .cap = 400ms};
  link_node b{config};
  ASSERT_TRUE(b.host->dial("127.0.0.1", a.host->port()));
  ASSERT_TRUE(b.record.wait_for_up());
  const auto from = clock_type::now();

  ASSERT_TRUE(b.record.wait_for_up(5));

  EXPECT_GE(clock_type::now() - from, 150ms) << "pauses of 0, 50, 100, 200 ms, each times 0.5 at least";
  EXPECT_EQ(b.record.news().down[0].why.code, errc::overloaded);
  EXPECT_THAT(b.record.news().down[0].why.context, HasSubstr("not you"));
}

TEST(LinkLiveness, ALostConnectionTakesItsSisterAlong) {
  link_node a{"a", 1};
  auto control = std::make_unique<scripted_peer>(a.host->port(), scripted_peer::options{});
  scripted_peer bulk{a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(control->shake_hands());
  ASSERT_TRUE(bulk.shake_hands());
  ASSERT_TRUE(a.record.wait_for_up());

  control.reset();

  ASSERT_TRUE(a.record.wait_for_down());
  EXPECT_EQ(a.record.news().down[0].why.code, errc::link_down);
  EXPECT_TRUE(bulk.end());
}

}  // namespace
}  // namespace dunlin::test

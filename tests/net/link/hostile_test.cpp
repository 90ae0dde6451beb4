// SPDX-License-Identifier: Apache-2.0
// Bytes that no node of ours would send: they end their own connection, and nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

/// A link between two good nodes that must outlive whatever happens beside it.
class LinkHostile : public testing::Test {
 protected:
  void expect_refused(const bytes& raw, errc code) {
    raw_socket stranger{pair.a.host->port()};
    ASSERT_TRUE(stranger.write(raw));
    bytes answer;
    ASSERT_TRUE(stranger.read_to_end(answer)) << "the connection stays open";
    const auto refused = refusal_in(answer);
    ASSERT_TRUE(refused) << "no reason was given";
    EXPECT_EQ(refused->code, code);
    EXPECT_TRUE(pair.a.record.wait_for_refusal(code, false));
  }

  void TearDown() override {
    ASSERT_TRUE(pair.b.host->send("a", "k", as_bytes("still here")));
    EXPECT_TRUE(pair.a.record.wait(
        [](const link_news& news) { return !news.messages.empty() && news.messages.back().body == "still here"; }));
    EXPECT_TRUE(pair.a.record.news().down.size() <= may_go_down);
    EXPECT_TRUE(pair.b.record.news().down.empty());
  }

  linked_pair pair;
  std::size_t may_go_down = 0;  ///< scripted peers of the test
};

TEST_F(LinkHostile, AFrameLongerThanAStrangerMaySend) {
  expect_refused({std::byte{0}, std::byte{1}, std::byte{0}, std::byte{1}}, errc::protocol_violation);
}

TEST_F(LinkHostile, AFrameOfFourGigabytes) {
  expect_refused({std::byte{0xff}, std::byte{0xff}, std::byte{0xff}, std::byte{0xff}}, errc::protocol_violation);
}

TEST_F(LinkHostile, AnHttpRequest) {
  expect_refused(to_bytes("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), errc::protocol_violation);
}

TEST_F(LinkHostile, AnEmptyFrame) { expect_refused(bytes(4), errc::protocol_violation); }

TEST_F(LinkHostile, GarbageOfEveryKind) {
  std::mt19937 random{7};
  for (int round = 0; round < 50; ++round) {
    const std::size_t size = 1 + random() % 300;
    bytes raw{std::byte{0}, std::byte{0}, static_cast<std::byte>(size >> 8), static_cast<std::byte>(size)};
    for (std::size_t i = 0; i < size; ++i) raw.push_back(static_cast<std::byte>(random()));
    raw_socket stranger{pair.a.host->port()};
    ASSERT_TRUE(stranger.write(raw));
    bytes answer;
    ASSERT_TRUE(stranger.read_to_end(answer)) << "round " << round;
    EXPECT_TRUE(refusal_in(answer)) << "round " << round;
  }
}

TEST_F(LinkHostile, AMessageBeforeTheHandshake) {
  bytes frame;
  link::envelope message;
  message.cluster = link::cluster_tag("flock");
  message.source = incarnation{77};
  message.destination = incarnation{1};
  message.kind = "node_report";
  link::append_frame(frame, message);
  expect_refused(frame, errc::protocol_violation);
}

TEST_F(LinkHostile, ACallerThatLeavesAtOnce) {
  for (int round = 0; round < 50; ++round) raw_socket{pair.a.host->port()};
  EXPECT_TRUE(pair.a.record.wait([](const link_news& news) { return news.refused.size() >= 50; }));
}

TEST_F(LinkHostile, AnOversizeFrameFromAPeer) {
  may_go_down = 1;
  scripted_peer control{pair.a.host->port(), {.role = link::channel::control}};
  scripted_peer bulk{pair.a.host->port(), {.role = link::channel::bulk}};
  ASSERT_TRUE(control.shake_hands());
  ASSERT_TRUE(bulk.shake_hands());
  ASSERT_TRUE(pair.a.record.wait_for_up(2));

  ASSERT_TRUE(control.write_raw(bytes{std::byte{0}, std::byte{4}, std::byte{0}, std::byte{1}}));

  const auto why = control.end();
  ASSERT_TRUE(why);
  EXPECT_EQ(why->code, errc::protocol_violation);
  EXPECT_TRUE(bulk.end()) << "both connections of the peer end";
  ASSERT_TRUE(pair.a.record.wait_for_down());
  EXPECT_EQ(pair.a.record.news().down[0].node, "scripted");
  EXPECT_EQ(pair.a.record.news().down[0].why.code, errc::protocol_violation);
}

TEST_F(LinkHostile, APeerThatSendsWithoutCredit) {
  may_go_down = 1;
  // Nothing is consumed before the second connection stands, so this one's window fills.
  scripted_peer control{pair.a.host->port(), {.heeds_credit = false}};
  ASSERT_TRUE(control.shake_hands());
  const bytes body(1'024);
  const auto window = link::control_window.frames;
  for (std::uint32_t i = 0; i <= window; ++i)
    if (!control.send("k", body)) break;

  const auto why = control.end();

  ASSERT_TRUE(why);
  EXPECT_EQ(why->code, errc::protocol_violation);
  EXPECT_THAT(why->context, HasSubstr("without credit"));
}

TEST_F(LinkHostile, AFrameThatComesTwice) {
  may_go_down = 1;
  scripted_peer control{pair.a.host->port(), {}};
  ASSERT_TRUE(control.shake_hands());
  bytes frame;
  link::envelope message;
  message.cluster = link::cluster_tag("flock");
  message.source = incarnation{99};
  message.destination = incarnation{1};
  message.seq = 1;  // the proof's
  message.kind = "k";
  link::append_frame(frame, message);
  ASSERT_TRUE(control.write_raw(frame));

  const auto why = control.end();

  ASSERT_TRUE(why);
  EXPECT_THAT(why->context, HasSubstr("came twice"));
}

link_node hasty_node() {
  auto config = link_config_of("hasty", 5);
  config.times = {.handshake_within = 200ms, .silent_after = 10s, .tick = 20ms};
  return link_node{config};
}

TEST(LinkDeadline, AStrangerThatSaysNothing) {
  auto node = hasty_node();
  raw_socket stranger{node.host->port()};

  EXPECT_TRUE(node.record.wait_for_refusal(errc::timeout, false));
  bytes answer;
  ASSERT_TRUE(stranger.read_to_end(answer));
  ASSERT_TRUE(refusal_in(answer));
  EXPECT_EQ(refusal_in(answer)->code, errc::timeout);
}

TEST(LinkDeadline, AStrangerThatSpeaksByteForByte) {
  auto node = hasty_node();
  raw_socket slow{node.host->port()};
  const bytes one_byte(1);
  const auto length = bytes{std::byte{0}, std::byte{0}, std::byte{0x80}, std::byte{0}};
  ASSERT_TRUE(slow.write(length));
  const auto until = std::chrono::steady_clock::now() + 10s;
  // Every byte is a sign of life; the deadline holds nevertheless.
  while (slow.write(one_byte) && node.record.news().refused.empty() && std::chrono::steady_clock::now() < until)
    node.record.wait([](const link_news& news) { return !news.refused.empty(); }, 10ms);

  EXPECT_TRUE(node.record.wait_for_refusal(errc::timeout, false));
}

TEST(LinkDeadline, AHandshakeThatStopsHalfWay) {
  auto node = hasty_node();
  scripted_peer half{node.host->port(), {}};
  ASSERT_TRUE(half.read()) << "no challenge came";  // and its proof was sent
  scripted_peer mute{node.host->port(), {.node = "mute", .life = 98, .role = link::channel::bulk}};

  EXPECT_TRUE(node.record.wait_for_refusal(errc::timeout, false));
  EXPECT_TRUE(mute.end());
}

TEST(LinkDeadline, ASecondConnectionThatNeverComes) {
  auto node = hasty_node();
  scripted_peer control{node.host->port(), {}};
  ASSERT_TRUE(control.shake_hands());

  const auto why = control.end();

  ASSERT_TRUE(why);
  EXPECT_EQ(why->code, errc::timeout);
  EXPECT_TRUE(node.record.news().up.empty());
  scripted_peer again{node.host->port(), {.life = 100}};
  EXPECT_TRUE(again.shake_hands()) << "the name is free again";
}

}  // namespace
}  // namespace dunlin::test

// SPDX-License-Identifier: Apache-2.0
// Who is not let in, and that both sides learn why.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/net/link/link_record.hpp"
#include "tests/net/link/scripted_peer.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

std::string words(const link_record& record, errc code) {
  for (const auto& refusal : record.news().refused)
    if (refusal.why.code == code) return refusal.why.context;
  return {};
}

/// `stranger` calls a node of the flock; both must report `code`.
void expect_refused_by_both(net::link_config stranger, errc code, const std::string& in_words) {
  link_node home{"home", 1};
  link_node caller{std::move(stranger)};
  ASSERT_TRUE(caller.host->dial("127.0.0.1", home.host->port()));

  EXPECT_TRUE(home.record.wait_for_refusal(code, false)) << "the one who was called";
  EXPECT_TRUE(caller.record.wait_for_refusal(code, true)) << "the one who called";
  EXPECT_THAT(words(home.record, code) + words(caller.record, code), HasSubstr(in_words));
  EXPECT_TRUE(home.record.news().up.empty());
  EXPECT_TRUE(caller.record.news().up.empty());
}

TEST(LinkRefusal, AnotherSecret) {
  auto stranger = link_config_of("stranger", 2);
  stranger.secret = "another secret";
  expect_refused_by_both(stranger, errc::bad_secret, "secret of cluster 'flock'");
}

TEST(LinkRefusal, AnotherCluster) {
  auto stranger = link_config_of("stranger", 2);
  stranger.own.cluster = "herd";
  expect_refused_by_both(stranger, errc::wrong_cluster, "'herd'");
}

TEST(LinkRefusal, AnotherBuild) {
  auto stranger = link_config_of("stranger", 2);
  stranger.own.build = "0.2.0";
  expect_refused_by_both(stranger, errc::version_mismatch, "build 0.2.0");
}

TEST(LinkRefusal, AnotherCaf) {
  auto stranger = link_config_of("stranger", 2);
  stranger.own.caf_version = "1.0.0";
  expect_refused_by_both(stranger, errc::version_mismatch, "CAF 1.0.0");
}

TEST(LinkRefusal, OtherMessages) {
  auto stranger = link_config_of("stranger", 2);
  stranger.own.message_digest = 43;
  expect_refused_by_both(stranger, errc::version_mismatch, "core messages 43");
}

TEST(LinkRefusal, ANameThatIsNone) {
  auto stranger = link_config_of("two words", 2);
  expect_refused_by_both(stranger, errc::protocol_violation, "without a name");
}

TEST(LinkRefusal, ASecondNodeOfOneName) {
  link_node home{"home", 1};
  link_node first{"twin", 2};
  link_node second{"twin", 3};
  ASSERT_TRUE(first.host->dial("127.0.0.1", home.host->port()));
  ASSERT_TRUE(first.record.wait_for_up());

  ASSERT_TRUE(second.host->dial("127.0.0.1", home.host->port()));

  EXPECT_TRUE(second.record.wait_for_refusal(errc::duplicate_name, true));
  EXPECT_TRUE(home.record.wait_for_refusal(errc::duplicate_name, false));
  EXPECT_THAT(words(second.record, errc::duplicate_name), HasSubstr("'twin' is here already"));
  EXPECT_TRUE(second.record.news().up.empty());
  ASSERT_TRUE(first.host->send("home", "k", as_bytes("still here")));
  EXPECT_TRUE(home.record.wait_for_messages(1));
}

TEST(LinkRefusal, ItsOwnAddress) {
  link_node one{"one", 1};
  ASSERT_TRUE(one.host->dial("127.0.0.1", one.host->port()));

  EXPECT_TRUE(one.record.wait_for_refusal(errc::conflict, true));
  EXPECT_THAT(words(one.record, errc::conflict), HasSubstr("the node itself"));
}

TEST(LinkRefusal, OneMorePeerThanThereMayBe) {
  auto config = link_config_of("home", 1);
  config.limits.peers = 1;
  link_node home{config};
  link_node first{"first", 2};
  ASSERT_TRUE(first.host->dial("127.0.0.1", home.host->port()));
  ASSERT_TRUE(first.record.wait_for_up()) << "the second connection of the only peer counts as none";

  link_node second{"second", 3};
  ASSERT_TRUE(second.host->dial("127.0.0.1", home.host->port()));

  EXPECT_TRUE(second.record.wait_for_refusal(errc::overloaded, true));
  EXPECT_TRUE(home.record.wait_for_refusal(errc::overloaded, false));
}

TEST(LinkRefusal, OneMoreStrangerThanThereMayBe) {
  auto config = link_config_of("home", 1);
  config.limits.strangers = 3;
  link_node home{config};
  std::vector<std::unique_ptr<raw_socket>> strangers(3);
  for (auto& stranger : strangers) stranger = std::make_unique<raw_socket>(home.host->port());

  raw_socket one_more{home.host->port()};

  bytes nothing;
  EXPECT_TRUE(one_more.read_to_end(nothing));
  EXPECT_TRUE(nothing.empty());
  strangers.clear();
  link_node b{"b", 2};
  ASSERT_TRUE(b.host->dial("127.0.0.1", home.host->port()));
  EXPECT_TRUE(b.record.wait_for_up()) << "when strangers have left, there is room again";
}

/// A frame of protocol version 2: the byte that never moves.
bytes hello_of_version_2() {
  link::outbox out{link::cluster_tag("flock"), incarnation{2}};
  link::hello hello;
  hello.who = link_config_of("b", 2).own;
  out.say(hello);
  auto frame = out.pending();
  frame[length_bytes + 1] = std::byte{2};
  return frame;
}

TEST(LinkRefusal, ACallerOfAnotherProtocolVersion) {
  link_node home{"home", 1};
  raw_socket caller{home.host->port()};
  ASSERT_TRUE(caller.write(hello_of_version_2()));

  EXPECT_TRUE(home.record.wait_for_refusal(errc::version_mismatch, false));
  bytes answer;
  ASSERT_TRUE(caller.read_to_end(answer));
  const auto refused = refusal_in(answer);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, errc::version_mismatch);
  EXPECT_THAT(refused->why, HasSubstr("2"));
}

TEST(LinkRefusal, ACalledNodeOfAnotherProtocolVersion) {
  raw_listener there;
  link_node caller{"caller", 1};
  ASSERT_TRUE(caller.host->dial("127.0.0.1", there.port()));
  auto answering = there.accept();
  ASSERT_FALSE(answering.read().empty());
  ASSERT_TRUE(answering.write(hello_of_version_2()));

  EXPECT_TRUE(caller.record.wait_for_refusal(errc::version_mismatch, true));
  bytes rest;
  ASSERT_TRUE(answering.read_to_end(rest));
  const auto refused = refusal_in(rest);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, errc::version_mismatch);
}

TEST(LinkRefusal, AnAddressThatOthersCanReach) {
  auto config = link_config_of("home", 1);
  link_record record;
  for (const auto* address : {"0.0.0.0", "192.168.1.7", "::", "2001:db8::1"}) {
    config.address = address;
    const auto started = net::link_host::start(config, record);
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, errc::address_refused);
    EXPECT_THAT(started.error().context, HasSubstr(address));
    EXPECT_THAT(started.error().hint, HasSubstr("until links have TLS"));
  }
  link_node home{"home", 1};
  const auto dialled = home.host->dial("10.0.0.1", 7'000);
  ASSERT_FALSE(dialled);
  EXPECT_EQ(dialled.error().code, errc::address_refused);
}

TEST(LinkRefusal, WhatIsNoAddressAtAll) {
  link_node home{"home", 1};
  const auto dialled = home.host->dial("leader.example", 7'000);

  ASSERT_FALSE(dialled);
  EXPECT_EQ(dialled.error().code, errc::invalid_argument);
}

TEST(LinkRefusal, EveryLoopbackAddressWillDo) {
  for (const auto* address : {"127.0.0.1", "127.0.0.2", "localhost"}) {
    auto config = link_config_of("home", 1);
    config.address = address;
    link_node home{config};
    link_node caller{"caller", 2};
    ASSERT_TRUE(caller.host->dial(address, home.host->port()));
    EXPECT_TRUE(caller.record.wait_for_up()) << address;
  }
}

TEST(LinkRefusal, APortInUse) {
  const link_node first{"first", 1};
  auto config = link_config_of("second", 2);
  config.port = first.host->port();
  link_record record;

  const auto started = net::link_host::start(config, record);

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::already_running);
  EXPECT_THAT(started.error().context, HasSubstr(std::to_string(config.port)));
}

TEST(LinkRefusal, NoSecretAtAll) {
  auto config = link_config_of("home", 1);
  config.secret.clear();
  link_record record;

  const auto started = net::link_host::start(config, record);

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace dunlin::test

// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/link_end.hpp"

namespace dunlin::link {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

link_end::options dialler() {
  link_end::options out;
  out.dialler = true;
  return out;
}

link_end::options acceptor() {
  link_end::options out;
  out.who = identity_of("b");
  return out;
}

/// Lets both meet and expects each to report `code` in words that hold the given text.
void expect_refused(link_end::options one, link_end::options other, errc code, const std::string& own_words,
                    const std::string& told_words) {
  link_end a{std::move(one)};
  link_end b{std::move(other)};

  settle(a, b);

  for (const auto* end : {&a, &b}) {
    EXPECT_EQ(end->inside().why().code, code) << to_string(end->inside().why());
    EXPECT_THAT(end->log(), SizeIs(1));
    EXPECT_THAT(end->log().front(), StartsWith("closed "));
  }
  const auto said = a.log().front() + '\n' + b.log().front();
  EXPECT_THAT(said, HasSubstr(own_words));
  EXPECT_THAT(said, HasSubstr(told_words));
}

TEST(LinkSession, OpensOnBothSides) {
  link_end a{dialler()};
  link_end b{acceptor()};

  settle(a, b);

  EXPECT_THAT(a.log(), ElementsAre("opened b"));
  EXPECT_THAT(b.log(), ElementsAre("opened a"));
}

TEST(LinkSession, AcceptorTakesTheRoleTheDiallerAsksFor) {
  auto how = dialler();
  how.role = channel::bulk;
  link_end a{how};
  link_end b{acceptor()};

  settle(a, b);

  EXPECT_EQ(b.inside().own().role, channel::bulk);
  EXPECT_EQ(b.inside().own().room, bulk_window);
  EXPECT_EQ(a.inside().peer().room, bulk_window);
}

TEST(LinkSession, CarriesMessagesBothWays) {
  link_end a{dialler()};
  link_end b{acceptor()};
  settle(a, b);

  ASSERT_TRUE(a.send("greet", as_bytes("hello")));
  ASSERT_TRUE(b.send("greet", as_bytes("and you")));
  settle(a, b);

  EXPECT_THAT(a.log(), ElementsAre("opened b", "received greet and you"));
  EXPECT_THAT(b.log(), ElementsAre("opened a", "received greet hello"));
}

TEST(LinkSession, RefusesAnotherSecretOnBothSides) {
  auto stranger = acceptor();
  stranger.secret = "guess";
  expect_refused(dialler(), stranger, errc::bad_secret, "'b' could not prove", "'a' refused this node");
}

TEST(LinkSession, RefusesAnotherClusterOnBothSides) {
  auto foreign = acceptor();
  foreign.who.cluster = "herd";
  expect_refused(dialler(), foreign, errc::wrong_cluster, "'a' belongs to cluster 'flock', this node to 'herd'",
                 "the peer refused this node");
}

TEST(LinkSession, RefusesAnotherBuildOnBothSides) {
  auto newer = acceptor();
  newer.who.build = "0.2.0";
  expect_refused(dialler(), newer, errc::version_mismatch, "has build 0.1.0, this node has 0.2.0", "refused this node");
}

TEST(LinkSession, RefusesAnotherCafOnBothSides) {
  auto newer = acceptor();
  newer.who.caf_version = "0.18.0";
  expect_refused(dialler(), newer, errc::version_mismatch, "has CAF 0.17.6", "refused this node");
}

TEST(LinkSession, RefusesOtherCoreMessagesOnBothSides) {
  auto other = acceptor();
  other.who.message_digest = 78;
  expect_refused(dialler(), other, errc::version_mismatch, "core messages 77, this node has 78", "refused this node");
}

TEST(LinkSession, RefusesWhomItsOwnerTurnsAway) {
  auto full = acceptor();
  full.turns_away = error{errc::duplicate_name, "node 'a' is already here"};
  expect_refused(dialler(), full, errc::duplicate_name, "duplicate_name: node 'a' is already here",
                 "'b' refused this node: node 'a' is already here");
}

TEST(LinkSession, RefusesItself) {
  expect_refused(dialler(), link_end::options{}, errc::conflict, "this is the node itself", "refused this node");
}

TEST(LinkSession, RefusesAnotherLinkVersionInWords) {
  link_end a{dialler()};
  link_end b{acceptor()};
  auto hello = a.take_output();
  hello[length_bytes + 1] = std::byte{protocol_version + 1};

  b.feed(hello);

  EXPECT_EQ(b.inside().why().code, errc::version_mismatch);
  a.feed(b.take_output());
  EXPECT_EQ(a.inside().why().code, errc::version_mismatch);
  EXPECT_THAT(a.log().front(), HasSubstr("speaks link version 2"));
}

TEST(LinkSession, VersionByteNeverMoves) {
  link_end a{dialler()};
  const auto hello = a.take_output();

  EXPECT_EQ(hello[length_bytes], std::byte{0x98});
  EXPECT_EQ(hello[length_bytes + 1], std::byte{protocol_version});
}

TEST(LinkSession, ReflectedProofDoesNotPass) {
  link_end a{dialler()};
  link_end mirror{acceptor()};
  mirror.feed(a.take_output());
  const auto challenge = mirror.take_output();
  link_end b{acceptor()};
  auto other = dialler();
  other.who = identity_of("c");
  link_end c{other};
  b.feed(c.take_output());

  // The acceptor's proof for one dialler is worth nothing to another.
  c.feed(challenge);

  EXPECT_EQ(c.inside().why().code, errc::bad_secret);
}

TEST(LinkSession, ReplayedHandshakeDoesNotPass) {
  link_end a{dialler()};
  link_end b{acceptor()};
  const auto hello = a.take_output();
  b.feed(hello);
  a.feed(b.take_output());
  const auto proof = a.take_output();
  auto later = acceptor();
  later.who.life.value += 1;  // and with it its challenge
  link_end again{later};

  again.feed(hello);
  again.feed(proof);

  EXPECT_EQ(again.inside().why().code, errc::bad_secret);
}

TEST(LinkSession, MessageBeforeTheHandshakeIsAViolation) {
  link_end b{acceptor()};
  bytes raw;
  append_frame(raw, {cluster_tag("flock"), identity_of("a").life, identity_of("b").life, 0, 0, "greet", {}});

  b.feed(raw);

  EXPECT_EQ(b.inside().why().code, errc::protocol_violation);
}

TEST(LinkSession, StrangersWordsAreMadePrintable) {
  link_end a{dialler()};
  bytes raw;
  const auto rude = codec::to_wire(refusal{errc::bad_secret, "\x1b[2J\n" + std::string(600, 'x')});
  append_frame(raw, {cluster_tag("flock"), identity_of("b").life, {}, 0, 0, refusal::wire_name, rude});

  a.feed(raw);

  const auto& words = a.inside().why().context;
  EXPECT_EQ(words.find_first_of("\x1b\n"), std::string::npos);
  EXPECT_LT(words.size(), 600U);
}

TEST(LinkSession, OnlyRefusalsMayBeToldAsCodes) {
  link_end a{dialler()};
  bytes raw;
  append_frame(raw,
               {0, incarnation{9}, {}, 0, 0, refusal::wire_name, codec::to_wire(refusal{errc::corrupt, "strange"})});

  a.feed(raw);

  EXPECT_EQ(a.inside().why().code, errc::protocol_violation);
}

TEST(LinkSession, DifferingPluginKindsJoinButAreNotPlaceable) {
  auto one = dialler();
  one.who.kinds = {{"train", "1", 10}, {"infer", "1", 20}, {"only_here", "1", 30}};
  auto other = acceptor();
  other.who.kinds = {{"train", "2", 11}, {"infer", "1", 20}};
  link_end a{one};
  link_end b{other};

  settle(a, b);

  EXPECT_THAT(a.log(), ElementsAre("opened b"));
  const auto unplaceable = unplaceable_kinds(one.who, a.inside().peer().who);
  ASSERT_THAT(unplaceable, SizeIs(1));
  EXPECT_EQ(unplaceable[0].name, "train");
  EXPECT_THAT(unplaceable[0].why, HasSubstr("version 2 on node 'b' and version 1 here"));
}

TEST(LinkSession, HearsNothingAfterItsEnd) {
  link_end a{dialler()};
  link_end b{acceptor()};
  settle(a, b);
  ASSERT_TRUE(a.send("greet", as_bytes("late")));
  const auto late = a.take_output();

  b.say_goodbye(error{errc::shutting_down, "enough"});
  b.feed(late);

  EXPECT_THAT(b.log(), ElementsAre("opened a", "closed goodbye shutting_down: enough"));
}

}  // namespace
}  // namespace dunlin::link

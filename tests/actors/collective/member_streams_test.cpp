// SPDX-License-Identifier: Apache-2.0
// Streams between members that end, and members that come and leave before their group has come together.
#include <gtest/gtest.h>

#include <optional>

#include "actors/collective/peer_streams.hpp"
#include "tests/actors/collective/circle.hpp"

namespace dunlin::testing {
namespace {

/// Before a call begins nothing is read: what ends meanwhile must not wake the member again and again.
TEST(MemberStreams, OneThatWaitsForTheOthersRests) {
  circle all{2};
  const auto group = invite(all.place(0), 2).value();
  peer_streams streams{all.place(0), group, {all.place(0).own(), all.place(1).own()}, 0};
  const auto stream = all.place(1).open(all.place(0).own(), {group.high, group.low, 0, 1, 0}).value();
  streams.adopt();
  all.sever(1);
  std::vector<pollfd> idle;
  std::vector<pollfd> busy;

  streams.add_polls(idle, false);
  streams.add_polls(busy, true);

  EXPECT_EQ(::poll(idle.data(), idle.size(), 0), 0);
  EXPECT_EQ(::poll(busy.data(), busy.size(), 0), 1);
}

TEST(MemberStreams, HalfAWordEndsItsStream) {
  auto ends = net::byte_stream::make_pair();
  ASSERT_TRUE(ends);
  word_stream speaker{std::move(ends->first)};
  word_stream listener{std::move(ends->second)};
  const refused_word word{error{errc::crashed, std::string(10'000, 'x')}};
  std::size_t said = 0;
  while (said < 1'000'000 && speaker.say(word)) ++said;
  EXPECT_FALSE(speaker.say(word));

  for (std::size_t i = 0; i < said; ++i) {
    const auto heard = listener.hear();
    ASSERT_TRUE(heard && *heard) << i;
  }
  EXPECT_EQ(listener.hear().error().code, errc::link_down);
  EXPECT_EQ(speaker.hear().error().code, errc::link_down);
}

TEST(MemberStreams, OneThatCameAndLeftIsNotCounted) {
  circle all{3};
  auto& here = all.place(0);
  const auto group = invite(here, 3).value();
  const auto come = [&](std::uint32_t member) {
    auto& place = all.place(member);
    auto stream = place.open(here.own(), {group.high, group.low, to_convener, 0, 0});
    word_stream words{std::move(stream.value())};
    EXPECT_TRUE(words.say(join_word{place.own()}));
    return words;
  };
  std::optional<word_stream> leaves{come(1)};
  std::optional<word_stream> stays;
  joining_terms terms{500ms};
  terms.cancelled = [&] {
    if (!stays) {
      all.sever(1);
      stays.emplace(come(2));
    } else {
      all.pass(terms.within / 4);
    }
    return false;
  };

  const auto gathered = gather(here, group, terms);

  ASSERT_FALSE(gathered);
  EXPECT_EQ(gathered.error().code, errc::timeout);
  EXPECT_NE(gathered.error().context.find("2 of 3"), std::string::npos) << gathered.error().context;
}

TEST(MemberStreams, WhoComesWhenNobodyConvenesIsTurnedAway) {
  circle all{2};
  const auto group = invite(all.place(0), 2).value();
  all.place(0).leave(group, to_convener);

  const auto joined = join(all.place(1), group, {5s});

  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, errc::link_down) << to_string(joined.error());
}

}  // namespace
}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#include "net/http/event_reader.hpp"

#include <gtest/gtest.h>

namespace dunlin::net {
namespace {

constexpr std::string_view stream =
    ": nothing new\n\nid: 1\nevent: start\ndata: {\"a: b\"}\n\n: nothing new\n\nevent: end\ndata: {}\n\n";

std::string all_of(event_reader& reader) {
  std::string out;
  while (const auto event = reader.next()) out += event->name + "=" + event->data + ";";
  return out;
}

TEST(EventReader, CutsEventsWhereverTheTextIsSplit) {
  for (std::size_t at = 0; at <= stream.size(); ++at) {
    event_reader reader;
    std::string told;
    ASSERT_TRUE(reader.feed(stream.substr(0, at)));
    told += all_of(reader);
    ASSERT_TRUE(reader.feed(stream.substr(at)));
    told += all_of(reader);
    EXPECT_EQ(told, "start={\"a: b\"};end={};") << at;
  }
}

TEST(EventReader, AnEndlessEventIsRefused) {
  event_reader reader;
  const std::string some(300'000, 'x');
  EXPECT_TRUE(reader.feed(some));
  EXPECT_TRUE(reader.feed(some));
  EXPECT_TRUE(reader.feed(some));
  EXPECT_EQ(reader.feed(some).error().code, errc::too_large);
}

}  // namespace
}  // namespace dunlin::net

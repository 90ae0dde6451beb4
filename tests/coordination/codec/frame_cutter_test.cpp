// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/frame_cutter.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A frame of that many bytes after its length.
bytes frame_of(std::size_t size) {
  bytes out(length_bytes + size);
  set_length(out);
  return out;
}

TEST(FrameCutter, CutsEverySplitOfAStreamAlike) {
  auto stream = frame_of(3);
  const auto second = frame_of(7);
  stream.insert(stream.end(), second.begin(), second.end());

  for (std::size_t split = 0; split <= stream.size(); ++split) {
    frame_cutter cutter;
    std::vector<std::size_t> sizes;
    for (const auto part : {bytes_view{stream}.first(split), bytes_view{stream}.subspan(split)}) {
      cutter.feed(part);
      for (auto frame = cutter.next(7); *frame; frame = cutter.next(7)) sizes.push_back((*frame)->size());
    }
    EXPECT_THAT(sizes, ElementsAre(3, 7)) << "split at " << split;
  }
}

TEST(FrameCutter, RefusesALongClaimBeforeItsBytesCome) {
  frame_cutter cutter;
  const auto claim = to_bytes("\xff\xff\xff\xff");
  cutter.feed(claim);

  const auto frame = cutter.next(1'024);

  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, errc::protocol_violation);
  EXPECT_THAT(frame.error().context, HasSubstr("4294967295"));
}

TEST(FrameCutter, ALimitIsInclusive) {
  frame_cutter cutter;
  const auto raw = frame_of(5);
  cutter.feed(raw);
  const auto frame = cutter.next(5);
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->size(), 5U);

  cutter.feed(raw);
  EXPECT_FALSE(cutter.next(4));
}

TEST(FrameCutter, WholeFramesAreNotCopied) {
  frame_cutter cutter;
  const auto raw = frame_of(5);
  cutter.feed(raw);
  EXPECT_EQ((**cutter.next(5)).data(), raw.data() + length_bytes);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/passage.hpp"

#include <gtest/gtest.h>

#include "examples/flight/seeded.hpp"

namespace dunlin::flight::retrieval {
namespace {

std::string paragraph(std::size_t length) { return std::string(length - 1, 'x') + "\n"; }

/// Returns a text of random lines, some of them blank.
std::string random_text(std::uint64_t seed) {
  seeded random{seed};
  std::string out;
  for (auto lines = random.below(60); lines > 0; --lines)
    out +=
        std::string(random.below(3) == 0 ? 0 : random.below(1'500), 'a' + static_cast<char>(random.below(26))) + "\n";
  return out;
}

TEST(Passages, StandInTheDocumentWhereTheySay) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto text = random_text(seed);
    std::size_t end = 0;
    for (const auto& one : cut_passages("d", text)) {
      EXPECT_EQ(text.substr(one.offset, one.text.size()), one.text);
      EXPECT_LE(one.text.size(), largest_passage_bytes);
      EXPECT_EQ(text.substr(end, one.offset - end).find_first_not_of('\n'), std::string::npos) << "nothing is left out";
      end = one.offset + one.text.size();
    }
    EXPECT_EQ(text.find_first_not_of('\n', end), std::string::npos) << seed;
  }
}

TEST(Passages, JoinAShortParagraphWithTheNext) {
  const auto all = cut_passages("d", "# Heading\n\n" + paragraph(400) + "\n" + paragraph(500));

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].text, "# Heading\n\n" + paragraph(400));
  EXPECT_EQ(all[1].offset, 412U);
}

TEST(Passages, DoNotCutThroughACharacter) {
  std::string line;
  while (line.size() < 3 * largest_passage_bytes) line += "\u20ac";
  for (const auto& one : cut_passages("d", "x" + line))
    EXPECT_EQ(static_cast<unsigned char>(one.text[0]) & 0xc0U, one.offset == 0 ? 0x40U : 0xc0U);
}

TEST(Passages, OfBlankTextAreNone) {
  EXPECT_TRUE(cut_passages("d", "").empty());
  EXPECT_TRUE(cut_passages("d", " \n\t\n\r\n").empty());
}

TEST(Shards, HoldAllPassagesInOrderAndNoMoreThanFits) {
  std::vector<passage> all;
  for (std::uint64_t i = 0; i < 2 * most_passages_in_shard + 5; ++i) all.push_back({"d", i, "x"});
  const auto shards = make_shards(all);

  ASSERT_EQ(shards.size(), 3U);
  std::uint32_t next = 0;
  for (const auto& part : shards) {
    EXPECT_EQ(part.first_id, next);
    EXPECT_LE(part.passages.size(), most_passages_in_shard);
    for (const auto& one : part.passages) EXPECT_EQ(one.offset, next++);
  }
  EXPECT_EQ(next, all.size());
  EXPECT_TRUE(make_shards({}).empty());
}

}  // namespace
}  // namespace dunlin::flight::retrieval

// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/features.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

namespace dunlin::flight::retrieval {
namespace {

std::map<std::uint64_t, std::uint32_t> counts_of(std::string_view text) {
  std::map<std::uint64_t, std::uint32_t> out;
  for (const auto& one : features_of(text)) out[one.hash] = one.count;
  return out;
}

shard of_texts(const std::vector<std::string>& texts) {
  shard out;
  for (const auto& text : texts) out.passages.push_back({"document", 0, text});
  return out;
}

std::uint64_t hash_of_word(std::string_view word) { return features_of(word).at(0).hash; }

TEST(Features, AreWordsAndPairsOfNeighbours) {
  EXPECT_EQ(counts_of("red fox").size(), 3U);
  EXPECT_EQ(counts_of("red fox hen").size(), 5U);
  EXPECT_TRUE(counts_of("red fox").contains(hash_of_word("fox")));
  EXPECT_NE(counts_of("red fox"), counts_of("fox red")) << "a pair has an order";
}

TEST(Features, PairWhatStopWordsSeparate) { EXPECT_EQ(counts_of("red of the fox"), counts_of("Red, fox")); }

TEST(Features, CountWhatIsRepeated) {
  const auto counts = counts_of("fox fox fox");
  EXPECT_EQ(counts.size(), 2U);
  EXPECT_EQ(counts.at(hash_of_word("fox")), 3U);
  EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0U, [](auto sum, auto& one) { return sum + one.second; }),
            5U);
}

TEST(FeatureCounts, CountEachPassageOnceForAFeature) {
  const auto counts = count_features(of_texts({"fox fox", "fox", "hen"}));

  EXPECT_EQ(counts.passages, 3U);
  EXPECT_DOUBLE_EQ(counts.inverse_frequency(hash_of_word("fox")), std::log(4.0 / 3.0) + 1);
  EXPECT_DOUBLE_EQ(counts.inverse_frequency(hash_of_word("hen")), std::log(4.0 / 2.0) + 1);
  EXPECT_DOUBLE_EQ(counts.inverse_frequency(hash_of_word("zebra")), std::log(4.0) + 1);
}

TEST(FeatureCounts, OfPartsAddUpToThoseOfTheWhole) {
  auto parts = count_features(of_texts({"red fox", "hen"}));
  ASSERT_TRUE(parts.add(count_features(of_texts({"red hen"}))));
  const auto whole = count_features(of_texts({"red fox", "hen", "red hen"}));

  EXPECT_EQ(parts.passages, whole.passages);
  EXPECT_EQ(parts.occurrences, whole.occurrences);
}

TEST(FeatureCounts, RefuseATableOfAnotherLength) {
  feature_counts counts;
  feature_counts other;
  other.occurrences.pop_back();

  const auto added = counts.add(other);

  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace dunlin::flight::retrieval

// SPDX-License-Identifier: Apache-2.0
// Cosines of small texts, worked out by hand. The words were chosen so that no two features share a dimension.
#include "examples/flight/retrieval/embedding.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "examples/flight/simd/vector.hpp"

namespace dunlin::flight::retrieval {
namespace {

constexpr double tolerance = 1e-6;

double cosine(std::string_view a, std::string_view b, const feature_counts& corpus = {}) {
  return simd::dot(embed_text(a, corpus), embed_text(b, corpus));
}

TEST(Embedding, OfTheSameTextIsTheSameAndOfLengthOne) {
  EXPECT_NEAR(cosine("a red fox", "the red fox"), 1, tolerance);
  EXPECT_EQ(embed_text("red fox", {}).size(), dimensions);
}

TEST(Embedding, OfTextsWithoutACommonFeatureIsPerpendicular) { EXPECT_NEAR(cosine("red fox", "hen"), 0, tolerance); }

TEST(Embedding, CosineIsTheShareOfCommonFeatures) {
  // {red, fox, red fox} and {red}; {red, hen, red hen} and {blue, hen, blue hen}.
  EXPECT_NEAR(cosine("red fox", "red"), 1 / std::sqrt(3), tolerance);
  EXPECT_NEAR(cosine("red hen", "blue hen"), 1.0 / 3, tolerance);
}

TEST(Embedding, RepetitionCountsByItsLogarithm) {
  // {fox three times, fox fox twice} and {fox}.
  const double word = 1 + std::log(3);
  const double pair = 1 + std::log(2);
  EXPECT_NEAR(cosine("fox fox fox", "fox"), word / std::hypot(word, pair), tolerance);
}

TEST(Embedding, WhatManyPassagesHoldCountsLess) {
  const auto corpus = count_features({0, {{"d", 0, "red hen"}, {"d", 8, "red fox"}}});
  // Red is in both passages, hen and red hen in one.
  const double common = 1;
  const double rare = std::log(1.5) + 1;
  EXPECT_NEAR(cosine("red", "red hen", corpus), common / std::sqrt(common * common + 2 * rare * rare), tolerance);
  EXPECT_GT(cosine("hen", "red hen", corpus), cosine("red", "red hen", corpus));
}

TEST(Embedding, OfATextWithoutFeaturesIsZero) {
  EXPECT_THAT(embed_text("", {}), testing::Each(0.0F));
  EXPECT_THAT(embed_text("it is what it is", {}), testing::Each(0.0F));
}

TEST(Embedding, OfAShardHasARowForEachPassage) {
  const shard part{96, {{"d", 0, "red fox"}, {"d", 9, "hen"}}};
  const auto all = embed(part, {});

  EXPECT_EQ(all.first_id, 96U);
  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(all.row(1), testing::ElementsAreArray(embed_text("hen", {})));
}

}  // namespace
}  // namespace dunlin::flight::retrieval

// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/fold.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace dunlin::flight::digits {
namespace {

/// Labels 0-9 in turn, class 3 a little rarer.
std::vector<std::uint8_t> labels_of(std::size_t count) {
  std::vector<std::uint8_t> labels;
  for (std::size_t i = 0; i < count; ++i) labels.push_back(i % 20 == 3 ? 4 : static_cast<std::uint8_t>(i % 10));
  return labels;
}

TEST(DigitsFold, FoldsPartTheDigitsAndKeepTheClassesEven) {
  const auto labels = labels_of(1003);
  std::vector<int> tested(labels.size());
  std::array<std::vector<std::ptrdiff_t>, 10> per_class;
  for (std::size_t fold = 0; fold < 5; ++fold) {
    const auto part = stratified_fold(labels, 7, 5, fold);
    ASSERT_TRUE(part);
    EXPECT_EQ(part->train.size() + part->test.size(), labels.size());
    for (const auto index : part->test) ++tested[index];
    for (std::uint8_t label = 0; label < 10; ++label)
      per_class[label].push_back(std::ranges::count_if(part->test, [&](auto i) { return labels[i] == label; }));
  }
  EXPECT_THAT(tested, testing::Each(1));
  for (const auto& counts : per_class) EXPECT_LE(std::ranges::max(counts) - std::ranges::min(counts), 1);
}

TEST(DigitsFold, TheSeedAloneDecides) {
  const auto labels = labels_of(200);

  EXPECT_EQ(stratified_fold(labels, 1, 5, 0)->test, stratified_fold(labels, 1, 5, 0)->test);
  EXPECT_NE(stratified_fold(labels, 1, 5, 0)->test, stratified_fold(labels, 2, 5, 0)->test);
}

TEST(DigitsFold, RefusesFoldsThatDoNotExist) {
  const auto labels = labels_of(20);

  EXPECT_EQ(stratified_fold(labels, 0, 1, 0).error().code, errc::invalid_argument);
  EXPECT_EQ(stratified_fold(labels, 0, 5, 5).error().code, errc::invalid_argument);
  EXPECT_EQ(stratified_fold(labels, 0, 21, 0).error().code, errc::invalid_argument);
}

TEST(DigitsFold, FileOrderTestsOnlyWhatFollowsTheTraining) {
  const auto part = file_order_split(9, 0.5);

  ASSERT_TRUE(part);
  EXPECT_THAT(part->train, testing::ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(part->test, testing::ElementsAre(4, 5, 6, 7, 8));
  for (const double bad : {0.0, 1.0, -1.0, 0.01}) EXPECT_FALSE(file_order_split(9, bad)) << bad;
}

}  // namespace
}  // namespace dunlin::flight::digits

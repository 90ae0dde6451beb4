// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/digits/training.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::flight::digits {
namespace {

const dataset& published() {
  static const dataset digits = read_dataset(DUNLIN_FLIGHT_DATA "/digits.csv.gz").value();
  return digits;
}

TEST(DigitsTraining, OneFoldReachesTheWorstAccuracyAllowed) {
  const auto report = train_fold(published(), 0, 0, {});

  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_GE(report->accuracy(), 0.955);
  EXPECT_NEAR(report->tested, 1797 / 5, 2);
}

TEST(DigitsTraining, UnseenWritersAreClassifiedToo) {
  const auto part = file_order_split(published().size(), 2.0 / 3);
  const auto report = train_split(published(), *part, 0, {});

  ASSERT_TRUE(report);
  EXPECT_GE(report->accuracy(), 0.90);
}

TEST(DigitsTraining, ShuffledLabelsTeachNothing) {
  dataset scrambled = published();
  seeded{1}.shuffle(std::span{scrambled.labels});

  const auto report = train_fold(scrambled, 0, 0, {.epochs = 10});

  ASSERT_TRUE(report);
  EXPECT_LE(report->accuracy(), 0.25);
}

TEST(DigitsTraining, TheSameSeedGivesTheSameReport) {
  const training_config brief{.epochs = 2};
  const auto first = train_fold(published(), 5, 1, brief);
  const auto again = train_fold(published(), 5, 1, brief);
  const auto other = train_fold(published(), 6, 1, brief);

  EXPECT_EQ(first->correct, again->correct);
  EXPECT_EQ(first->loss, again->loss);
  EXPECT_NE(first->loss, other->loss);
}

TEST(DigitsTraining, RefusesWhatCannotTrain) {
  EXPECT_EQ(train_fold(published(), 0, 5, {}).error().code, errc::invalid_argument);
  EXPECT_EQ(train_fold(published(), 0, 0, {.batch = 0}).error().code, errc::invalid_argument);
  EXPECT_EQ(train_split(published(), {{0}, {}}, 0, {}).error().code, errc::invalid_argument);
  EXPECT_EQ(train_split(published(), {{0}, {1797}}, 0, {}).error().code, errc::invalid_argument);
}

TEST(DigitsSummary, MedianAndWorstOfEvenAndOddCounts) {
  const fold_report good{.tested = 10, .correct = 10}, fair{.tested = 10, .correct = 8},
      bad{.tested = 10, .correct = 4};

  EXPECT_DOUBLE_EQ(summarise({good, bad, fair}).median, 0.8);
  EXPECT_DOUBLE_EQ(summarise({good, fair}).median, 0.9);
  EXPECT_DOUBLE_EQ(summarise({good, bad, fair}).worst, 0.4);
  EXPECT_EQ(summarise({}).median, 0.0);
}

}  // namespace
}  // namespace dunlin::flight::digits

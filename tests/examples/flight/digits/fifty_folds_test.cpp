// SPDX-License-Identifier: Apache-2.0
// The whole goal of the digits: ten seeds of five folds. Some seconds of training, hence no unit test.
#include <gtest/gtest.h>

#include "examples/flight/digits/training.hpp"

namespace dunlin::flight::digits {
namespace {

TEST(DigitsFolds, TenSeedsOfFiveFoldsReachMedianAndWorstAccuracy) {
  const dataset digits = read_dataset(DUNLIN_FLIGHT_DATA "/digits.csv.gz").value();
  std::vector<fold_report> reports;
  for (std::uint64_t seed = 0; seed < 10; ++seed)
    for (std::uint32_t fold = 0; fold < 5; ++fold) reports.push_back(train_fold(digits, seed, fold, {}).value());

  const accuracy_summary summary = summarise(reports);

  RecordProperty("median", std::to_string(summary.median));
  RecordProperty("worst", std::to_string(summary.worst));
  EXPECT_GE(summary.median, 0.975);
  EXPECT_GE(summary.worst, 0.955);
}

}  // namespace
}  // namespace dunlin::flight::digits

// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/samples.hpp"

#include <gmock/gmock.h>
#include <string>

using namespace dunlin::bench;

TEST(Samples, SpreadOfOddCountIsItsMiddle) {
  const auto out = spread_of({5, 1, 3});

  EXPECT_DOUBLE_EQ(out.median, 3);
  EXPECT_DOUBLE_EQ(out.min, 1);
  EXPECT_DOUBLE_EQ(out.max, 5);
}

TEST(Samples, SpreadOfEvenCountIsTheMeanOfItsMiddle) { EXPECT_DOUBLE_EQ(spread_of({4, 1, 2, 9}).median, 3); }

TEST(Samples, SpreadOfNothingIsZero) { EXPECT_DOUBLE_EQ(spread_of({}).median, 0); }

TEST(Samples, PercentileIsTheNearestRank) {
  std::vector<double> samples;
  for (int i = 1; i <= 100; ++i) samples.push_back(i);

  EXPECT_DOUBLE_EQ(percentile(samples, 0.5), 50);
  EXPECT_DOUBLE_EQ(percentile(samples, 0.99), 99);
  EXPECT_DOUBLE_EQ(percentile(samples, 0), 1);
  EXPECT_DOUBLE_EQ(percentile(samples, 1), 100);
}

TEST(Comparison, MeasuresInTheOrderABBA) {
  std::string order;

  const auto sides = measure_abba(
      2, [&] { return order += 'A', 1.0; }, [&] { return order += 'B', 2.0; });

  EXPECT_EQ(order, "ABBAABBA");
  EXPECT_THAT(sides.ours, testing::ElementsAre(1, 1, 1, 1));
  EXPECT_THAT(sides.baseline, testing::ElementsAre(2, 2, 2, 2));
}

TEST(Comparison, NoiseComparesFirstWithSecondRunsOfTheSameSide) {
  const comparison sides{{20, 10, 22, 11, 18, 9}, {}};

  EXPECT_DOUBLE_EQ(sides.noise(), 2);
}

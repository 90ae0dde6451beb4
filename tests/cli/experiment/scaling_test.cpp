// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/scaling.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/text/json_fields.hpp"

namespace dunlin::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ScalingSeries, ComparesWithOneWorkerAndTheCoresThereAre) {
  const auto series = make_series("primes", false, 2, {{1, 8}, {2, 5}, {4, 4}});

  ASSERT_EQ(series.points.size(), 3U);
  EXPECT_DOUBLE_EQ(series.points[1].speed_up, 1.6);
  EXPECT_DOUBLE_EQ(series.points[1].efficiency, 0.8);
  EXPECT_DOUBLE_EQ(series.points[2].ideal, 2);
  EXPECT_DOUBLE_EQ(series.points[2].efficiency, 1);
}

TEST(ScalingSeries, WhatWaitsNeedsNoCores) {
  const auto series = make_series("wait", true, 2, {{1, 8}, {8, 2}});

  EXPECT_DOUBLE_EQ(series.points[1].ideal, 8);
  EXPECT_DOUBLE_EQ(series.points[1].efficiency, 0.5);
}

TEST(ScalingSeries, WithoutOneWorkerTheFirstRunCountsAsPerfect) {
  const auto series = make_series("primes", false, 4, {{2, 3}, {4, 2}});

  EXPECT_DOUBLE_EQ(series.points[0].speed_up, 2);
  EXPECT_DOUBLE_EQ(series.points[1].speed_up, 3);
}

TEST(ScalingSeries, TheOrderOfTheRunsDoesNotMatter) {
  EXPECT_DOUBLE_EQ(make_series("primes", false, 4, {{4, 2}, {1, 4}}).points[0].speed_up, 2);
}

TEST(ScalingSeries, OfNothingIsEmptyAndOfNoTimeHasNoSpeedUp) {
  EXPECT_TRUE(make_series("primes", false, 2, {}).points.empty());
  EXPECT_DOUBLE_EQ(make_series("primes", false, 2, {{1, 0}}).points[0].speed_up, 0);
}

TEST(Median, IsTheMiddleAndTheLowerOfTwo) {
  EXPECT_DOUBLE_EQ(median_of({3, 1, 2}), 2);
  EXPECT_DOUBLE_EQ(median_of({4, 1, 2, 3}), 2);
  EXPECT_DOUBLE_EQ(median_of({}), 0);
}

TEST(ScalingText, TableNamesOnlyTheIdealsThatApply) {
  const std::vector<scaling_series> computing{make_series("primes", false, 2, {{1, 8}, {2, 5}})};

  const auto text = to_table(computing, 2);

  EXPECT_THAT(text, HasSubstr("primes        2    5.000      1.60      2        80 %"));
  EXPECT_THAT(text, HasSubstr("min(workers, 2 cores)"));
  EXPECT_THAT(text, Not(HasSubstr("waits")));
}

TEST(ScalingText, JsonIsReadBack) {
  const auto read = json::parse(to_json({make_series("wait", true, 2, {{1, 8}, {2, 5}})}, 2));

  ASSERT_TRUE(read);
  const auto& fields = std::get<json::object>(read->data);
  EXPECT_EQ(number_of<int>(fields, "cores"), 2);
  const auto points = field_of<json::array>(fields, "points");
  ASSERT_EQ(points.size(), 2U);
  const auto& second = std::get<json::object>(points[1].data);
  EXPECT_EQ(field_of<std::string>(second, "kind"), "wait");
  EXPECT_TRUE(field_of<bool>(second, "waits"));
  EXPECT_DOUBLE_EQ(field_of<double>(second, "speed_up"), 1.6);
  EXPECT_DOUBLE_EQ(field_of<double>(second, "efficiency"), 0.8);
}

std::size_t count_of(const std::string& what, const std::string& in) {
  std::size_t out = 0;
  for (auto at = in.find(what); at != std::string::npos; at = in.find(what, at + 1)) ++out;
  return out;
}

TEST(ScalingSvg, DrawsThreePanelsWithADotForEachRun) {
  const auto svg =
      to_svg({make_series("a<b", false, 2, {{1, 8}, {2, 5}}), make_series("wait", true, 2, {{1, 3}})}, "t");

  EXPECT_THAT(svg, testing::StartsWith("<svg "));
  EXPECT_THAT(svg, HasSubstr("</svg>"));
  EXPECT_EQ(count_of("<circle", svg), 3 * 3U);
  EXPECT_EQ(count_of("stroke-dasharray", svg), 2U) << "one ideal for each kind";
  EXPECT_THAT(svg, HasSubstr("a&lt;b (computes)"));
  EXPECT_THAT(svg, Not(HasSubstr("nan")));
}

TEST(ScalingSvg, OfOneRunOrNoneIsAPictureToo) {
  for (const auto& runs : {std::vector<scaling_run>{}, std::vector<scaling_run>{{1, 0}}}) {
    const auto svg = to_svg({make_series("primes", false, 2, runs)}, "t");
    EXPECT_THAT(svg, HasSubstr("</svg>"));
    EXPECT_THAT(svg, Not(HasSubstr("nan")));
    EXPECT_THAT(svg, Not(HasSubstr("inf")));
  }
}

}  // namespace
}  // namespace dunlin::cli

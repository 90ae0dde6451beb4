// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/search.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/examples/flight/retrieval/point_cloud.hpp"

namespace dunlin::flight::retrieval {
namespace {

/// Compares with everything.
std::vector<hit> search_all(std::span<const float> query, const embeddings& among, std::size_t top) {
  std::vector<hit> out;
  for (std::uint32_t i = 0; i < among.size(); ++i) out.push_back({among.first_id + i, simd::dot(query, among.row(i))});
  std::ranges::sort(out,
                    [](const hit& a, const hit& b) { return a.score != b.score ? a.score > b.score : a.id < b.id; });
  out.resize(std::min(top, out.size()));
  return out;
}

TEST(Search, FindsWhatComparingWithAllFinds) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    seeded random{seed};
    const auto points = point_cloud(seed, 1 + random.below(6), 20, random.between(0.001, 0.5));
    const auto clusters = cluster(points, 1 + static_cast<std::uint32_t>(random.below(8)), seed).value();
    for (const std::size_t top : {1U, 3U, 1'000U}) {
      const auto query = random_point(random, random.below(40), random.between(0, 0.3));
      EXPECT_EQ(search(query, points, clusters, top)->hits, search_all(query, points, top)) << seed << ", top " << top;
    }
  }
}

TEST(Search, FindsTheSameWhateverTheClustersAre) {
  const auto points = point_cloud(1, 3, 40, 0.2);
  seeded random{7};
  const auto query = random_point(random, 0, 0.2);
  const auto expected = search_all(query, points, 5);
  for (std::uint64_t seed = 0; seed < 20; ++seed)
    EXPECT_EQ(search(query, points, cluster(points, 9, seed).value(), 5)->hits, expected) << seed;
}

TEST(Search, LeavesOutClustersThatCannotHoldABetterOne) {
  const auto points = point_cloud(2, 8, 25, 0.001);
  const auto clusters = cluster(points, 8, 1).value();

  EXPECT_EQ(search(points.row(30), points, clusters, 5)->compared, 25U);
  EXPECT_EQ(search(points.row(30), points, clusters, 200)->compared, 200U);
}

TEST(Search, OfEqualScoresTheLowerNumberComesFirst) {
  embeddings twins{100, {}};
  for (int i = 0; i < 6; ++i) {
    const auto one = point_cloud(1, 1, 1, 0.1);
    twins.values.insert(twins.values.end(), one.values.begin(), one.values.end());
  }
  const auto found = search(twins.row(0), twins, cluster(twins, 2, 1).value(), 3).value();

  std::vector<std::uint32_t> ids;
  for (const auto& one : found.hits) ids.push_back(one.id);
  EXPECT_THAT(ids, testing::ElementsAre(100, 101, 102));
}

TEST(Search, AQueryWithoutFeaturesIsAnsweredToo) {
  const auto points = point_cloud(3, 2, 5, 0.1);
  const std::vector<float> nothing(dimensions);

  EXPECT_EQ(search(nothing, points, cluster(points, 2, 1).value(), 4)->hits, search_all(nothing, points, 4));
}

TEST(Search, OfTheBestZeroIsEmpty) {
  const auto points = point_cloud(3, 2, 5, 0.1);
  EXPECT_TRUE(search(points.row(0), points, cluster(points, 2, 1).value(), 0)->hits.empty());
}

TEST(Search, RefusesWhatDoesNotBelongTogether) {
  const auto points = point_cloud(4, 2, 5, 0.1);
  const auto clusters = cluster(points, 2, 1).value();
  auto unknown = clusters;
  unknown.assignment.front() = 2;
  auto without_radius = clusters;
  without_radius.radii.pop_back();

  EXPECT_FALSE(search(points.row(0).first(9), points, clusters, 1));
  EXPECT_FALSE(search(points.row(0), point_cloud(4, 2, 4, 0.1), clusters, 1));
  EXPECT_FALSE(search(points.row(0), points, unknown, 1));
  EXPECT_FALSE(search(points.row(0), points, without_radius, 1));
}

}  // namespace
}  // namespace dunlin::flight::retrieval

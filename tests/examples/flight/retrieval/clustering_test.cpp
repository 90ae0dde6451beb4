// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/clustering.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/examples/flight/retrieval/point_cloud.hpp"

namespace dunlin::flight::retrieval {
namespace {

TEST(Clustering, FindsGroupsThatLieApart) {
  const auto points = point_cloud(1, 4, 25, 0.01);
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto found = cluster(points, 4, seed).value();
    std::set<std::uint32_t> seen;
    for (std::size_t group = 0; group < 4; ++group) {
      seen.insert(found.assignment[group * 25]);
      for (std::size_t i = 0; i < 25; ++i)
        EXPECT_EQ(found.assignment[group * 25 + i], found.assignment[group * 25]) << seed << ", point " << i;
    }
    EXPECT_EQ(seen.size(), 4U) << seed;
  }
}

TEST(Clustering, EveryPointHasTheNearestCentreAndLiesWithinItsRadius) {
  const auto points = point_cloud(2, 5, 20, 0.1);
  const auto found = cluster(points, 7, 3).value();
  double inertia = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto own = found.assignment[i];
    const float distance = simd::squared_distance(points.row(i), found.centre(own));
    inertia += distance;
    EXPECT_LE(std::sqrt(distance), found.radii[own]);
    for (std::size_t c = 0; c < found.clusters(); ++c)
      EXPECT_LE(distance, simd::squared_distance(points.row(i), found.centre(c)) + 1e-4F) << i << ", centre " << c;
  }
  EXPECT_NEAR(found.inertia, inertia, 1e-3);
}

TEST(Clustering, IsTheSameForTheSameSeed) {
  const auto points = point_cloud(3, 3, 30, 0.2);
  const auto first = cluster(points, 6, 9).value();
  const auto again = cluster(points, 6, 9).value();

  EXPECT_EQ(first.assignment, again.assignment);
  EXPECT_EQ(first.centres, again.centres);
}

TEST(Clustering, OfAsManyClustersAsPointsLeavesNoDistance) {
  EXPECT_NEAR(cluster(point_cloud(4, 6, 1, 0.1), 6, 1)->inertia, 0, 1e-5);
}

TEST(Clustering, StopsAfterTheRoundsItMayTake) {
  const auto found = cluster(point_cloud(5, 1, 200, 1), 10, 1, 1).value();

  EXPECT_EQ(found.rounds, 1U);
  EXPECT_EQ(found.assignment.size(), 200U);
}

TEST(Clustering, RefusesNoClustersAndMoreThanPoints) {
  const auto points = point_cloud(6, 1, 3, 0.1);
  for (const std::uint32_t clusters : {0U, 4U}) {
    const auto refused = cluster(points, clusters, 1);
    ASSERT_FALSE(refused) << clusters;
    EXPECT_EQ(refused.error().code, errc::invalid_argument);
  }
}

}  // namespace
}  // namespace dunlin::flight::retrieval

// SPDX-License-Identifier: Apache-2.0
// Automatic choice against every fixed pattern, in virtual time. The figures are `mean_slowdown`s: 1 = as if each agent
// had the device alone.
#include <gtest/gtest.h>

#include <algorithm>
#include <iomanip>
#include <iostream>
#include <vector>

#include "tests/coordination/sharing/automatic/mixed_run.hpp"

namespace dunlin::sim {
namespace {

constexpr double most_behind = 0.05;
/// Of each kind, from seeds on which nothing was tuned.
constexpr std::size_t drawn_loads = 8;

std::size_t most_switches(duration lasts) { return static_cast<std::size_t>(lasts / 4s); }

TEST(AutomaticMix, IsNeverMoreThanFivePercentBehindTheBestFixedPattern) {
  print_head(std::cout);
  for (const auto& load : committed_loads()) {
    const auto one = compare(load);
    print(std::cout, one);
    EXPECT_LE(one.behind(), most_behind) << one.name;
    EXPECT_LE(one.automatic.switches.size(), most_switches(load.lasts)) << one.name;
    EXPECT_EQ(one.automatic.failures, 0U) << one.name;
    if (one.worst() > 2 * one.best()) {
      EXPECT_LT(one.automatic.slowdown, one.worst() / 1.5) << one.name;
    }
  }
}

TEST(AutomaticMix, IsTheSameEachTime) {
  const auto load = drawn_load(7);
  const auto first = run_automatic(load);
  const auto second = run_automatic(load);
  EXPECT_EQ(first.slowdown, second.slowdown);
  EXPECT_EQ(first.switches, second.switches);
  EXPECT_EQ(first.steps, second.steps);
}

/// How far behind, the least first; printed.
template <class Draw>
std::vector<comparison> play_drawn(Draw draw, std::uint64_t first_seed) {
  std::vector<comparison> out;
  for (std::uint64_t seed = first_seed; seed < first_seed + drawn_loads; ++seed) out.push_back(compare(draw(seed)));
  std::ranges::sort(out, {}, &comparison::behind);
  print_head(std::cout);
  for (const auto& one : out) print(std::cout, one);
  return out;
}

TEST(AutomaticMix, AlsoHoldsForMixesThatNobodyChose) {
  for (const auto& one : play_drawn(drawn_load, 501)) EXPECT_LE(one.behind(), most_behind) << one.name;
}

/// Nobody can foresee who comes for one job: the median is close to the best pattern in hindsight, a single mix need
/// not be; and none is as bad as the wrong pattern.
TEST(AutomaticMix, WhereAgentsComeAndGoItIsCloseInTheMedian) {
  const auto all = play_drawn(drawn_coming_and_going, 501);

  EXPECT_LE(all[all.size() / 2].behind(), most_behind);
  for (const auto& one : all) {
    EXPECT_LE(one.behind(), 0.5) << one.name;
    EXPECT_LT(one.automatic.slowdown, one.worst()) << one.name;
    EXPECT_LE(one.automatic.switches.size(), 2 * most_switches(40s)) << one.name;
  }
}

}  // namespace
}  // namespace dunlin::sim

// SPDX-License-Identifier: Apache-2.0
// The promises at the top of fair_division.hpp: by example, and over random claims.
#include "coordination/sharing/collaborative/fair_division.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <numeric>

namespace dunlin {
namespace {

using testing::ElementsAre;

using claims = std::vector<fair_claim>;

/// Needs so much and can use no more.
fair_claim needs(std::uint64_t least, std::uint32_t weight = 100) { return {weight, 0, 0, 0, least, least}; }

fair_claim could_use(std::uint64_t least, std::uint64_t most, std::uint32_t weight = 100) {
  return {weight, 0, 0, 0, least, most};
}

TEST(FairDivision, GivesEverybodyWhatItNeedsWhereThereIsEnough) {
  EXPECT_THAT(divide_fairly(claims{needs(300), needs(500)}, 1'000), ElementsAre(300, 500));
}

TEST(FairDivision, WhatOneDoesNotNeedGoesToTheOthers) {
  EXPECT_THAT(divide_fairly(claims{needs(100), needs(900), needs(1'000)}, 1'000), ElementsAre(100, 450, 450));
}

TEST(FairDivision, FollowsTheWeights) {
  EXPECT_THAT(divide_fairly(claims{needs(1'000, 100), needs(1'000, 300)}, 1'000), ElementsAre(250, 750));
}

TEST(FairDivision, WhatCannotBeSplitGoesToTheOldest) {
  EXPECT_THAT(divide_fairly(claims{needs(1'000), needs(1'000), needs(1'000)}, 1'000), ElementsAre(334, 333, 333));
  EXPECT_THAT(divide_fairly(claims{needs(9), needs(9), needs(9)}, 2), ElementsAre(1, 1, 0));
}

TEST(FairDivision, GuaranteesComeFirstAndNeedsBeforeExtras) {
  const fair_claim guaranteed{100, 0, 0, 700, 700, 1'000};
  EXPECT_THAT(divide_fairly(claims{needs(600), guaranteed}, 1'000), ElementsAre(300, 700));
  EXPECT_THAT(divide_fairly(claims{could_use(100, 1'000), needs(800)}, 1'000), ElementsAre(200, 800));
}

TEST(FairDivision, WhatIsKeptIsNotTakenAway) {
  const fair_claim kept{100, 0, 600, 600, 600, 600};
  EXPECT_THAT(divide_fairly(claims{kept, {100, 0, 0, 1'000, 1'000, 1'000}}, 1'000), ElementsAre(600, 400));
}

// Ghodsi et al., section 4.1: whoever has many bytes has less compute for the same dominant share.
TEST(FairDivision, BytesCountInTheDominantShare) {
  const fair_claim hog{100, 900'000, 0, 0, 300, 300};  // 90 % of the bytes, 30 % of the compute
  const auto given = divide_fairly(claims{hog, needs(1'000)}, 1'000);

  // Dominant shares are equal: 0.9 × x of bytes and y of compute, with 0.3 × x + y = 1.
  EXPECT_NEAR(static_cast<double>(given[0]), 250, 1);
  EXPECT_NEAR(static_cast<double>(given[1]), 750, 1);
}

TEST(FairDivision, BytesDoNotSlowAnybodyWhereThereIsEnough) {
  const fair_claim hog{100, 900'000, 0, 0, 300, 300};
  EXPECT_THAT(divide_fairly(claims{hog, needs(700)}, 1'000), ElementsAre(300, 700));
}

TEST(FairDivision, OfNobodyAndOfNothing) {
  EXPECT_THAT(divide_fairly(claims{}, 1'000), testing::IsEmpty());
  EXPECT_THAT(divide_fairly(claims{needs(5)}, 0), ElementsAre(0));
  EXPECT_THAT(divide_fairly(claims{needs(0)}, 5), ElementsAre(0));
}

// -- over random claims

constexpr std::uint64_t device = 1'000;

std::uint64_t below(std::uint64_t bound) { return *rc::gen::inRange<std::uint64_t>(0, bound + 1); }

fair_claim any_claim() {
  fair_claim out;
  out.weight = static_cast<std::uint32_t>(1 + below(999));
  out.memory_ppm = static_cast<std::uint32_t>(below(2) == 0 ? below(1'000'000) : 0);
  out.least = below(device);
  out.most = out.least + below(device - out.least);
  out.guaranteed = below(1) == 0 ? out.least : 0;
  return out;
}

claims any_claims() {
  const auto count = 1 + below(40);
  claims out;
  for (std::uint64_t i = 0; i < count; ++i) out.push_back(any_claim());
  return out;
}

/// All of one tier, so that all are raised together.
claims any_needs() {
  auto out = any_claims();
  for (auto& one : out) {
    one.guaranteed = 0;
    one.most = one.least;
  }
  return out;
}

std::uint64_t sum(const std::vector<std::uint64_t>& given) {
  return std::accumulate(given.begin(), given.end(), std::uint64_t{0});
}

double pull(const fair_claim& one) { return pull_of(one.weight, one.most, device, one.memory_ppm); }

RC_GTEST_PROP(FairDivisionProperty, NothingIsGivenTwiceAndNothingIsLeftWhileSomebodyWantsIt, ()) {
  auto all = any_claims();
  auto unkept = device;
  for (auto& one : all) {
    one.kept = below(std::min(unkept, one.most));
    unkept -= one.kept;
  }

  const auto given = divide_fairly(all, device);

  std::uint64_t wanted = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    wanted += all[i].most;
    RC_ASSERT(given[i] <= all[i].most);
    RC_ASSERT(given[i] >= all[i].kept);
  }
  RC_ASSERT(sum(given) == std::min(wanted, device));
}

RC_GTEST_PROP(FairDivisionProperty, EverybodyGetsItsNeedsOrItsPartByWeight, ()) {
  auto all = any_needs();
  for (auto& one : all) one.memory_ppm = 0;
  double weights = 0;
  for (const auto& one : all) weights += one.weight;

  const auto given = divide_fairly(all, device);

  for (std::size_t i = 0; i < all.size(); ++i)
    RC_ASSERT(static_cast<double>(given[i]) + 1 >=
              std::min<double>(static_cast<double>(all[i].least), device * all[i].weight / weights));
}

RC_GTEST_PROP(FairDivisionProperty, ADominantShareIsAtLeastThePartByWeight, ()) {
  const auto all = any_needs();
  double weights = 0;
  for (const auto& one : all) weights += one.weight;

  const auto given = divide_fairly(all, device);

  for (std::size_t i = 0; i < all.size(); ++i) {
    if (given[i] == all[i].least) continue;
    const auto met = (static_cast<double>(given[i]) + 1) / static_cast<double>(all[i].least);
    const auto dominant = std::max(static_cast<double>(all[i].least) / device, all[i].memory_ppm / 1e6);
    RC_ASSERT(met * dominant >= 0.99 * all[i].weight / weights);
  }
}

/// Nobody whose need is unmet would rather have what another was given, made smaller or larger by their weights.
RC_GTEST_PROP(FairDivisionProperty, NobodyEnviesAnotherByMoreThanOnePart, ()) {
  const auto all = any_needs();

  const auto given = divide_fairly(all, device);

  for (std::size_t i = 0; i < all.size(); ++i) {
    if (given[i] == all[i].least) continue;
    for (std::size_t j = 0; j < all.size(); ++j)
      RC_ASSERT(static_cast<double>(given[i]) + 1 >= (static_cast<double>(given[j]) - 1) * pull(all[i]) / pull(all[j]));
  }
}

/// A lower class takes nothing from a higher one.
RC_GTEST_PROP(FairDivisionProperty, TheGuaranteedGetWhatTheyWouldGetAmongThemselves, ()) {
  const auto all = any_claims();
  claims guaranteed;
  for (auto one : all) {
    one.least = one.most = one.guaranteed;
    guaranteed.push_back(one);
  }
  for (auto& one : guaranteed) one.memory_ppm = 0;
  auto without_bytes = all;
  for (auto& one : without_bytes) one.memory_ppm = 0;

  const auto alone = divide_fairly(guaranteed, device);
  const auto given = divide_fairly(without_bytes, device);

  for (std::size_t i = 0; i < all.size(); ++i) RC_ASSERT(given[i] >= alone[i]);
}

RC_GTEST_PROP(FairDivisionProperty, MoreWeightNeverGivesLess, ()) {
  auto all = any_needs();
  const auto who = below(all.size() - 1);
  const auto before = divide_fairly(all, device)[who];

  all[who].weight = static_cast<std::uint32_t>(all[who].weight + below(1'000 - all[who].weight));

  RC_ASSERT(divide_fairly(all, device)[who] + 1 >= before);
}

/// Claiming more than one can use gives nothing more that one can use.
RC_GTEST_PROP(FairDivisionProperty, ClaimingMoreThanTheNeedGainsNothing, ()) {
  auto all = any_needs();
  for (auto& one : all) one.memory_ppm = 0;
  const auto who = below(all.size() - 1);
  const auto need = all[who].least;
  const auto honest = divide_fairly(all, device)[who];

  all[who].least = all[who].most = need + below(device - need);

  RC_ASSERT(std::min(divide_fairly(all, device)[who], need) <= honest + 1);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/collaborative/collaborative.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>
#include <initializer_list>
#include <map>
#include <set>

#include "coordination/sharing/collaborative/lane_plan.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};
constexpr agent_id d{4};

std::unique_ptr<collaborative> device(std::uint32_t units, const turn_options& options = {}) {
  return collaborative::make({device_id{1}, units, 1'000}, options).value();
}

share_wish milli(std::uint32_t least, std::uint32_t most = 0) { return {.compute_milli = least, .most_milli = most}; }

/// Follows the newest grants as a device would.
class follower {
 public:
  explicit follower(collaborative& of) : of_(of) {}

  bool place(agent_id who, const share_wish& wish) {
    const auto granted = of_.place(who, wish);
    if (granted) grants[who] = *granted;
    follow();
    return granted.has_value();
  }
  /// Places a, b and so on, each with its least.
  void place_all(std::initializer_list<std::uint32_t> leasts) {
    std::uint64_t agent = 0;
    for (const auto least : leasts) EXPECT_TRUE(place({++agent}, milli(least)));
  }
  void remove(agent_id who) {
    of_.remove(who);
    grants.erase(who);
    of_.share_rest();
    follow();
  }
  bool settle(const std::vector<allotment>& allotments) {
    const auto settled = of_.settle(allotments);
    of_.share_rest();
    follow();
    return settled.has_value();
  }
  std::size_t follow() {
    std::vector<regrant> changed;
    of_.take_regrants(changed);
    for (const auto& one : changed) grants.at(one.holder) = one.grant;
    return last_changes = changed.size();
  }

  /// Returns what part of the device the grant is, in units.
  [[nodiscard]] double units_of(agent_id who) const {
    const auto& own = grants.at(who);
    double quanta = 0;
    for (const auto& [holder, other] : grants)
      if (other.lane == own.lane) quanta += static_cast<double>(other.quantum.count());
    if (quanta == 0) return own.compute_units;
    return own.compute_units * static_cast<double>(own.quantum.count()) / quanta;
  }

  std::map<agent_id, share_grant> grants;
  std::size_t last_changes = 0;

 private:
  collaborative& of_;
};

TEST(Collaborative, FourAgentsShareTwoUnitsByTurns) {
  const auto some = device(2);
  follower seen{*some};
  seen.place_all({500, 500, 500, 500});

  for (const auto agent : {a, b, c, d}) {
    EXPECT_THAT(seen.grants[agent].units, ElementsAre(0, 1));
    EXPECT_NEAR(seen.grants[agent].quantum / 1.0ms, 10, 0.001);
    EXPECT_EQ(seen.grants[agent].lane, seen.grants[a].lane);
  }
  EXPECT_EQ(some->units_granted(), 2U);
}

TEST(Collaborative, WholeUnitsAreLanesOfTheirOwn) {
  const auto some = device(4);
  follower seen{*some};
  seen.place_all({500, 250, 125, 125});

  EXPECT_EQ(seen.units_of(a), 2);
  EXPECT_EQ(seen.grants[a].quantum, 0ns);
  EXPECT_EQ(seen.units_of(b), 1);
  EXPECT_EQ(seen.units_of(c), 0.5);
  EXPECT_EQ(seen.grants[c].units, seen.grants[d].units);
  EXPECT_EQ(some->units_granted(), 4U);
}

TEST(Collaborative, WhereThereIsRoomEverybodyIsOnItsOwn) {
  const auto some = device(4);
  follower seen{*some};
  seen.place_all({100, 300});
  EXPECT_EQ(seen.units_of(a), 1);
  EXPECT_EQ(seen.units_of(b), 2);
  EXPECT_EQ(some->units_granted(), 3U);
}

TEST(Collaborative, GoesByWhatWasSettled) {
  const auto some = device(4);
  follower seen{*some};
  seen.place_all({500, 500});

  EXPECT_TRUE(seen.settle({{a, 250}, {b, 750}}));

  EXPECT_EQ(seen.units_of(a), 1);
  EXPECT_EQ(seen.units_of(b), 3);
  EXPECT_EQ(seen.last_changes, 2U);
  EXPECT_TRUE(seen.settle({{a, 250}, {b, 750}}));
  EXPECT_EQ(seen.last_changes, 0U) << "nobody is disturbed for nothing";
}

TEST(Collaborative, WhatWasSettledIsNotLoweredByWhoComes) {
  const auto some = device(4);
  follower seen{*some};
  seen.place(a, milli(100, 1'000));
  EXPECT_EQ(seen.units_of(a), 4);
  seen.settle({{a, 500}});
  EXPECT_EQ(seen.units_of(a), 4) << "nobody else wants it";

  EXPECT_TRUE(seen.place(b, milli(1'000)));
  EXPECT_EQ(seen.units_of(a), 2);
  EXPECT_EQ(seen.units_of(b), 2);
}

TEST(Collaborative, WhileAllIsAllottedWhoComesWaitsForTheNextSettlement) {
  const auto some = device(4);
  follower seen{*some};
  seen.place(a, milli(1'000));
  seen.settle({{a, 1'000}});

  EXPECT_FALSE(seen.place(b, milli(250)));
  EXPECT_THAT(some->lack(milli(250)), HasSubstr("until the next negotiation"));
  EXPECT_TRUE(some->fits_without(milli(250), std::array{a}));

  seen.settle({{a, 750}, {b, 250}});
  EXPECT_TRUE(seen.place(b, milli(250)));
  EXPECT_EQ(seen.units_of(a), 3);
  EXPECT_EQ(seen.units_of(b), 1);
}

TEST(Collaborative, WhoWasAllottedNothingIsNotQuiteWithoutTurns) {
  const auto some = device(2);
  follower seen{*some};
  seen.place(a, milli(500));
  seen.place(b, milli(500));
  seen.settle({{a, 1'000}, {b, 0}});
  EXPECT_GT(seen.grants[b].quantum, 0ns);
  EXPECT_GE(seen.units_of(a), 2 * 0.99);
}

TEST(Collaborative, WhoLeavesLeavesItsShareToTheOthers) {
  const auto some = device(4);
  follower seen{*some};
  seen.place(a, milli(750));
  seen.place(b, milli(750));
  seen.settle({{a, 750}, {b, 250}});
  seen.remove(a);
  EXPECT_EQ(seen.units_of(b), 3) << "as many as it asked for";
  EXPECT_TRUE(seen.place(a, milli(1'000)));
  EXPECT_EQ(seen.units_of(a), 3) << "what was settled is there again";
  seen.remove(a);
  seen.remove(b);
  EXPECT_EQ(some->units_granted(), 0U);
}

TEST(Collaborative, WhoComesAmongEqualsChangesNobodysTurn) {
  const auto some = device(1);
  follower seen{*some};
  seen.place(a, milli(1'000));
  for (std::uint64_t i = 2; i <= 20; ++i) {
    seen.place({i}, milli(1'000));
    EXPECT_EQ(seen.last_changes, i == 2 ? 1U : 0U) << i << ": the first was alone before";
  }
}

TEST(Collaborative, AsManyAsMayTakePart) {
  const auto some = device(1, {10ms, 2});
  follower seen{*some};
  EXPECT_TRUE(seen.place(a, milli(100)));
  EXPECT_TRUE(seen.place(b, milli(100)));
  EXPECT_FALSE(seen.place(c, milli(100)));
  EXPECT_THAT(some->lack(milli(100)), HasSubstr("2 agents take part"));
  EXPECT_TRUE(some->fits_without(milli(100), std::array{b}));
}

TEST(Collaborative, ASettlementThatCannotBeChangesNothing) {
  const auto some = device(4);
  follower seen{*some};
  seen.place(a, milli(250));

  EXPECT_EQ(some->settle(std::array{allotment{a, 600}, allotment{b, 401}}).error().code, errc::invalid_argument);
  EXPECT_EQ(some->settle(std::array{allotment{a, 1}, allotment{a, 1}}).error().code, errc::invalid_argument);

  EXPECT_EQ(seen.follow(), 0U);
  EXPECT_TRUE(seen.place(b, milli(1'000)));
  EXPECT_EQ(seen.units_of(b), 3) << "nothing is allotted";
}

// -- over random shares

std::vector<std::uint64_t> any_shares() {
  std::vector<std::uint64_t> out;
  auto left = whole_share;
  const auto count = *rc::gen::inRange(1, 40);
  for (int i = 0; i < count && left > 100; ++i) {
    const auto most = *rc::gen::element(left, left / 2, left / 8);
    out.push_back(*rc::gen::inRange<std::uint64_t>(100, std::max<std::uint64_t>(most, 100) + 1));
    left -= std::min(left, out.back());
  }
  return out;
}

RC_GTEST_PROP(LanePlan, NobodyHasAHundredthLessThanItsShareAndNoUnitIsGivenTwice, ()) {
  for (int i = 0; i < 100; ++i) {
    const auto shares = any_shares();
    const auto units = *rc::gen::inRange<std::uint32_t>(1, 140);

    const auto own = own_units(shares, units);

    std::uint64_t left = units;
    double by_turns = 0;
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const auto wanted = static_cast<double>(shares[k]) * units / whole_share;
      RC_ASSERT(own[k] <= left);
      left -= own[k];
      if (own[k] > 0)
        RC_ASSERT(own[k] >= 0.99 * wanted);
      else
        by_turns += wanted;
    }
    RC_ASSERT(static_cast<double>(left) >= 0.99 * by_turns);
    if (by_turns > 0) RC_ASSERT(left > 0U);
  }
}

RC_GTEST_PROP(CollaborativeProperty, SharesAreWhatWasAllottedWhoeverComesAndGoes, ()) {
  const auto units = *rc::gen::element(1U, 2U, 4U, 7U, 16U, 132U);
  const auto some = device(units);
  follower seen{*some};
  std::map<agent_id, std::uint32_t> allotted;
  for (const auto word :
       *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 1U << 30))) {
    const agent_id who{1 + word % 8};
    const bool there = seen.grants.contains(who);
    if ((word >> 4) % 4 == 0) {
      allotted.clear();
      std::vector<allotment> all;
      for (std::uint64_t i = 1; i <= 8; ++i) all.push_back({{i}, (word >> i) % 126});
      RC_ASSERT(seen.settle(all));
      for (const auto& one : all) allotted[one.holder] = one.compute_milli;
    } else if (there) {
      seen.remove(who);
    } else {
      RC_ASSERT(seen.place(who, milli(1 + (word >> 8) % 1'000)));
    }

    RC_ASSERT(some->units_granted() <= units);
    std::map<std::uint32_t, std::vector<std::uint32_t>> lanes;
    std::set<std::uint32_t> used;
    for (const auto& [holder, grant] : seen.grants) {
      RC_ASSERT(grant.units.size() == grant.compute_units);
      RC_ASSERT(lanes.emplace(grant.lane, grant.units).first->second == grant.units);
      if (allotted.contains(holder)) RC_ASSERT(seen.units_of(holder) >= 0.98 * allotted[holder] * units / 1'000);
    }
    for (const auto& [lane, of] : lanes)
      for (const auto unit : of) RC_ASSERT(unit < units && used.insert(unit).second);
    RC_ASSERT(used.size() == some->units_granted());
  }
}

}  // namespace
}  // namespace dunlin

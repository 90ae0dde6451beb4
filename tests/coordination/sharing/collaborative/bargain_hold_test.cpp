// SPDX-License-Identifier: Apache-2.0
// For how long a share is kept, and for how long one can be without: over many negotiations in virtual time.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "coordination/sharing/collaborative/party_book.hpp"
#include "tests/coordination/sharing/collaborative/bargain_table.hpp"

namespace dunlin {
namespace {

using test::bargain_table;
using test::scripted_bidder;

/// A coordinator that negotiates every so often, and when somebody starves.
class coordinator {
 public:
  static constexpr party_terms terms{10s, 60s, 500ms};

  explicit coordinator(duration every) : every_(every) {}

  /// It needs so much from now on.
  void add(agent_id agent, std::uint32_t need, share_class stands_as) {
    table_.seat(agent).wants(need, need);
    members_.push_back({agent, need, stands_as});
  }

  void negotiate() {
    const auto began = table_.now();
    for (auto& one : members_)
      table_.party_of(one.agent) = book_.enter(one.agent, {.compute_milli = one.need}, one.stands_as, began);
    const auto& settled = table_.settle();
    book_.settle(settled.allotments, table_.now());
    for (auto& one : members_) see(one);
  }

  void run_for(duration time) {
    const auto until = table_.now() + time;
    while (table_.now() < until) {
      negotiate();
      const auto due = book_.next_call(table_.now()).value_or(until);
      table_.wait_until(std::min({until, due, table_.now() + every_}));
      for (auto& one : members_) use(one);
    }
  }

  [[nodiscard]] std::uint32_t milli_of(agent_id agent) const { return table_.milli_of(agent); }
  [[nodiscard]] duration longest_hunger() const {
    duration longest{0};
    for (const auto& one : members_) longest = std::max(longest, one.longest_hunger);
    return longest;
  }
  scripted_bidder& bidder_of(agent_id agent) { return table_.script_of(agent); }
  bargain_table& table() { return table_; }

 private:
  struct member {
    agent_id agent;
    std::uint32_t need = 0;
    share_class stands_as = share_class::guaranteed;
    std::uint32_t had = 0;
    std::optional<time_point> raised = {};
    std::optional<time_point> hungry = {};
    duration longest_hunger{0};
  };

  void see(member& one) {
    const auto now = table_.now();
    const auto milli = table_.milli_of(one.agent);
    const bool held = one.raised && now < *one.raised + terms.min_hold;
    EXPECT_TRUE(!held || milli >= one.had) << one.agent.value << " was lowered within its hold";
    if (milli > one.had) one.raised = now;
    one.had = milli;
    if (milli * 10 < one.need && !one.hungry) one.hungry = now;
    if (one.hungry) one.longest_hunger = std::max(one.longest_hunger, now - *one.hungry);
    if (milli * 10 >= one.need) one.hungry.reset();
  }

  /// All that it has.
  void use(const member& one) {
    const auto lasted = table_.now() - used_until_[one.agent];
    used_until_[one.agent] = table_.now();
    book_.on_used(one.agent, {.compute_units = 4},
                  {.busy_ns = static_cast<std::uint64_t>(lasted.count()) * one.had / 1'000});
  }

  duration every_;
  bargain_table table_;
  party_book book_{test::one_device(), terms};
  std::vector<member> members_;
  std::map<agent_id, time_point> used_until_;
};

constexpr agent_id a{1};
constexpr agent_id b{2};
constexpr agent_id c{3};

TEST(BargainHold, WhoeverComesWaitsForTheHoldOfTheOther) {
  coordinator some{1s};
  some.add(a, 1'000, share_class::guaranteed);
  some.run_for(1s);
  EXPECT_EQ(some.milli_of(a), 1'000U);

  some.add(b, 500, share_class::guaranteed);
  some.run_for(8s);
  EXPECT_EQ(some.milli_of(b), 0U);
  some.run_for(3s);
  EXPECT_EQ(some.milli_of(a), 500U);
  EXPECT_EQ(some.milli_of(b), 500U);
}

TEST(BargainHold, WhoAgreesMakesRoomBeforeItsHoldEnds) {
  coordinator some{1s};
  some.add(a, 1'000, share_class::guaranteed);
  some.negotiate();
  some.add(b, 500, share_class::guaranteed);
  some.bidder_of(a).counters(700);

  const auto had = some.milli_of(a);
  some.table().party_of(a).kept_milli = had;
  some.table().settle();

  EXPECT_EQ(had, 1'000U);
  EXPECT_EQ(some.milli_of(a), 700U);
  EXPECT_EQ(some.milli_of(b), 300U);
}

TEST(BargainHold, TheOpportunisticStarveForABoundedTimeOnly) {
  coordinator some{5s};
  some.add(a, 700, share_class::guaranteed);
  some.add(b, 700, share_class::guaranteed);
  some.run_for(30s);
  some.add(c, 200, share_class::opportunistic);
  some.run_for(59s);
  EXPECT_EQ(some.milli_of(c), 0U) << "the guaranteed need all of it";

  some.run_for(2s);
  EXPECT_EQ(some.milli_of(c), 200U) << "what its contract asks for";
  some.run_for(8s);
  EXPECT_EQ(some.milli_of(c), 200U) << "for one hold";
  some.run_for(10s);
  EXPECT_EQ(some.milli_of(c), 0U);
  some.run_for(600s);
  EXPECT_LE(some.longest_hunger(), coordinator::terms.starvation + coordinator::terms.min_hold + 5s);
}

/// Whoever needs how much: nobody starves for longer than the book says, and no hold is broken on the way.
RC_GTEST_PROP(BargainHold, NobodyStarvesForLongerThanTheBound, ()) {
  const auto every = *rc::gen::element<duration>(1s, 7s, 20s);
  coordinator some{every};
  const auto count = *rc::gen::inRange<std::uint64_t>(1, 6);
  for (std::uint64_t i = 1; i <= count; ++i) {
    some.add({i}, *rc::gen::inRange(1U, 1'001U),
             *rc::gen::element(share_class::opportunistic, share_class::guaranteed));
    some.run_for(*rc::gen::inRange(0, 30) * 1s);
  }

  some.run_for(400s);

  RC_ASSERT(some.longest_hunger() <= coordinator::terms.starvation + coordinator::terms.min_hold + every + 200ms);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Whole stories in virtual time: agents that bargain, the coordinator's memory of them, and the device that they share.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/collaborative/measured_bidder.hpp"
#include "coordination/sharing/collaborative/party_book.hpp"
#include "tests/coordination/sharing/collaborative/bargain_table.hpp"
#include "tests/coordination/sharing/share_sim.hpp"

namespace dunlin {
namespace {

using sim::share_sim;
using test::bargain_table;
using test::scripted_bidder;

arbiter_config device_of(std::uint32_t units) {
  arbiter_config out;
  out.capacity = {device_id{1}, units, 1'000};
  out.terms.max_hold = 3'600s;
  return out;
}

share_sim sim_of(std::uint32_t units) {
  const auto config = device_of(units);
  return share_sim{config, collaborative::make(config.capacity, {}).value()};
}

// -- a counter-offer changes the outcome

/// A measured bidder to whom more work comes between its bid and the first offer.
class late_work final : public bidder {
 public:
  late_work(measured_bidder& own, bool speaks_up) : own_(own), speaks_up_(speaks_up) {}

  share_bid bid(const call_for_bids& call, time_point now) override {
    deadline_ = now + 1s;
    own_.set_work(300, deadline_);
    return own_.bid(call, now);
  }
  share_answer answer(const share_offer& offer, time_point now) override {
    own_.set_work(690, deadline_);
    if (speaks_up_) return own_.answer(offer, now);
    return {offer.call, offer.round, offer.to};
  }

 private:
  measured_bidder& own_;
  bool speaks_up_;
  time_point deadline_{};
};

/// Two agents with steps of 1 ms on a device of one unit. Returns how many of its 690 steps the second has run by its
/// deadline.
std::uint64_t steps_in_time(bool speaks_up) {
  auto device = sim_of(1);
  const share_wish wish{.compute_milli = 200, .most_milli = 1'000};
  const auto patient = device.add({.wish = wish});
  const auto pressed = device.add({.wish = wish});
  device.run_for(400ms);
  EXPECT_NEAR(device.of(pressed).busy / 1.0ms, 200, 10) << "before they talk the wishes are divided fairly";
  measured_bidder first{patient, wish};
  measured_bidder second{pressed, wish};
  for (auto* one : {&first, &second}) one->on_step(2ms, 500);
  late_work surprised{second, speaks_up};
  bargain_table table{{}, device_of(1).capacity};
  table.wait_until(device.now());
  table.seat(patient, &first).wish = wish;
  table.seat(pressed, &surprised).wish = wish;
  device.begin_measuring();
  const auto deadline = table.now() + bargain_table::message_takes + 1s;

  const auto& settled = table.settle();
  device.run_for(table.now() - device.now());
  device.settle(settled.allotments);
  EXPECT_TRUE(settled.agreed);
  EXPECT_EQ(table.milli_of(pressed), speaks_up ? 691U : 500U);  // a few ms of its second went by
  device.run_for(deadline - device.now());

  EXPECT_EQ(device.of(patient).failures + device.of(pressed).failures, 0U);
  return device.of(pressed).steps;
}

TEST(BargainStory, ACounterOfferChangesTheOutcome) {
  EXPECT_GE(steps_in_time(true), 680U) << "but for a last turn it is in time";
  EXPECT_LE(steps_in_time(false), 510U) << "who says nothing has its fair share";
}

// -- who says nothing delays nobody

TEST(BargainStory, ASilentAgentDelaysASettlementByItsBoundAndNobodysSteps) {
  const bargain_terms terms{};
  auto device = sim_of(1);
  const share_wish all{.compute_milli = 1'000};
  const auto silent = device.add({.wish = all});
  const auto other = device.add({.wish = all});
  device.run_for(100ms);
  bargain_table table{terms, device_of(1).capacity};
  table.wait_until(device.now());
  table.seat_silent(silent).wish = {.compute_milli = 250};
  table.seat(other).wants(900, 900).counters(1'000, 3);
  const auto began = table.now();
  device.begin_measuring();

  const auto& settled = table.settle();
  const auto took = table.now() - began;
  device.run_for(took);
  EXPECT_LE(took, terms.bid_within + terms.rounds * terms.answer_within);
  EXPECT_NEAR((device.of(silent).busy + device.of(other).busy) / 1ms, took / 1ms, 1) << "the device never stood still";

  device.settle(settled.allotments);
  device.begin_measuring();
  device.run_for(10s);
  EXPECT_NEAR(device.of(silent).busy / 1.0s, 2.5, 0.05) << "it is taken at its contract";
  EXPECT_NEAR(device.of(other).busy / 1.0s, 7.5, 0.15);
}

// -- who lies ends with less

/// What an agent may need and what it says.
struct habits {
  std::uint32_t need = 0;       ///< in even seconds
  std::uint32_t odd_need = 0;   ///< in odd seconds
  std::uint32_t claim = 0;      ///< 0 = its need
  std::uint32_t rival = 1'000;  ///< what the other one needs
  duration min_hold = 10s;
};

struct outcome {
  std::uint64_t busy_ms = 0;  ///< of the whole device
  std::uint32_t credibility = 0;
};

/// Negotiates once a second, a hundred times; in between the device measures what each can use of what it has.
outcome after_a_hundred_rounds(const habits& its) {
  constexpr agent_id agent{1};
  constexpr agent_id rival{2};
  party_book book{test::one_device(), {its.min_hold, 60s, 500ms}};
  bargain_table table;
  auto& own = table.seat(agent);
  table.seat(rival).wants(its.rival, its.rival);
  const auto measure = [&](agent_id who, std::uint32_t used_milli) {
    book.on_used(who, {.compute_units = 4}, {.busy_ns = used_milli * std::uint64_t{1'000'000}});
  };
  outcome out;
  for (int second = 0; second < 100; ++second) {
    const auto need = second % 2 == 0 ? its.need : its.odd_need;
    const auto claim = its.claim > 0 ? its.claim : need;
    own.wants(claim, claim);
    for (const auto who : {agent, rival})
      table.party_of(who) = book.enter(who, {}, share_class::opportunistic, table.now());
    book.settle(table.settle().allotments, table.now());
    const auto used = std::min(need, table.milli_of(agent));
    out.busy_ms += used;
    measure(agent, used);
    measure(rival, std::min(its.rival, table.milli_of(rival)));
    table.wait(1s - 2 * bargain_table::message_takes);
  }
  out.credibility = book.credibility_of(agent);
  return out;
}

TEST(BargainStory, WhoClaimsMoreThanItNeedsEndsWithLess) {
  const habits truth{200, 200};
  habits lie = truth;
  lie.claim = 900;

  const auto honest = after_a_hundred_rounds(truth);
  const auto liar = after_a_hundred_rounds(lie);

  EXPECT_EQ(honest.busy_ms, 100U * 200U) << "all that it needs";
  EXPECT_EQ(honest.credibility, 1'000U);
  EXPECT_LT(liar.busy_ms, 80U * 200U);
  EXPECT_LT(liar.credibility, 500U);
}

TEST(BargainStory, WhoAlwaysClaimsItsHighestNeedEndsWithLess) {
  const habits truth{600, 100, 0, 300};
  habits lie = truth;
  lie.claim = 600;

  const auto honest = after_a_hundred_rounds(truth);
  const auto liar = after_a_hundred_rounds(lie);

  EXPECT_EQ(honest.busy_ms, 50U * 600U + 50U * 100U);
  EXPECT_LT(liar.busy_ms, honest.busy_ms * 3 / 4);
}

/// Whatever it needs, however much more it claims, whoever is beside it. A need that comes and goes faster than holds
/// end is another matter: who lets go of a share has to wait for the hold of whoever takes it.
RC_GTEST_PROP(BargainStory, NoLieAboutTheNeedGains, ()) {
  habits truth;
  truth.need = *rc::gen::inRange(20U, 700U);
  truth.odd_need = *rc::gen::element(truth.need, truth.need / 2, truth.need / 10 + 1);
  truth.rival = *rc::gen::inRange(0U, 1'001U);
  truth.min_hold = truth.odd_need == truth.need ? *rc::gen::element<duration>(0s, 3s, 10s) : 0s;
  habits lie = truth;
  lie.claim = *rc::gen::inRange(truth.need, 1'001U);

  const auto honest = after_a_hundred_rounds(truth);

  RC_ASSERT(after_a_hundred_rounds(lie).busy_ms <= honest.busy_ms);
  RC_ASSERT(honest.credibility == 1'000U);
}

// -- holds and starvation

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

TEST(BargainStory, WhoeverComesWaitsForTheHoldOfTheOther) {
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

TEST(BargainStory, WhoAgreesMakesRoomBeforeItsHoldEnds) {
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

TEST(BargainStory, TheOpportunisticStarveForABoundedTimeOnly) {
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
RC_GTEST_PROP(BargainStory, NobodyStarvesForLongerThanTheBound, ()) {
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

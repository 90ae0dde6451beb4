// SPDX-License-Identifier: Apache-2.0
// Agents that bargain while they work on the device, in virtual time.
#include <gtest/gtest.h>

#include "coordination/sharing/collaborative/collaborative.hpp"
#include "coordination/sharing/collaborative/measured_bidder.hpp"
#include "tests/coordination/sharing/collaborative/bargain_table.hpp"
#include "tests/coordination/sharing/share_sim.hpp"

namespace dunlin {
namespace {

using sim::share_sim;
using test::bargain_table;

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

}  // namespace
}  // namespace dunlin

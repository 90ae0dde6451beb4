// SPDX-License-Identifier: Apache-2.0
// A device whose holders bargain while it is shared collaboratively, as its coordinator runs it.
#include "coordination/sharing/device_sharing.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "coordination/sharing/collaborative/measured_bidder.hpp"

namespace dunlin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::UnorderedElementsAre;

constexpr time_point t0{1'000s};

/// A device of four units and agents that answer when the test lets them.
class bargained_device {
 public:
  bargained_device() : device_(config()) {}

  void share(sharing_pattern pattern) {
    EXPECT_TRUE(device_.coordinate({.pattern = pattern}, now, out_));
    take();
  }
  void ask(std::uint64_t agent, const share_wish& wish = {}, int priority = 5) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish = wish;
    asked.priority = static_cast<std::uint8_t>(priority);
    asked.in_steps = true;
    bidders_.insert_or_assign(agent, measured_bidder{{agent}, wish});
    EXPECT_TRUE(device_.request(asked, now, out_));
    take();
  }
  void leave(std::uint64_t agent) {
    EXPECT_TRUE(device_.release({agent}, contract_of(agent).token, now, out_));
    take();
  }
  void tick(duration later) {
    now += later;
    device_.tick(now, out_);
    take();
  }

  /// Lets everybody who is asked say something, until nobody is.
  void let_all_talk() {
    while (!called.empty() || !offers.empty()) {
      for (const auto agent : std::exchange(called, {}))
        static_cast<void>(device_.on_bid(bidders_.at(agent.value).bid(call, now), now, out_));
      for (const auto& offer : std::exchange(offers, {}))
        static_cast<void>(device_.on_answer(bidders_.at(offer.to.value).answer(offer, now), now, out_));
      take();
    }
  }
  errc bid(const share_bid& said) {
    const auto taken = device_.on_bid(said, now, out_);
    take();
    return taken ? errc::none : taken.error().code;
  }
  errc answer(const share_answer& said) {
    const auto taken = device_.on_answer(said, now, out_);
    take();
    return taken ? errc::none : taken.error().code;
  }

  [[nodiscard]] share_contract contract_of(std::uint64_t agent) const {
    for (const auto& one : device_.leases().contracts())
      if (one.holder.value == agent) return one;
    ADD_FAILURE() << "agent " << agent << " holds nothing";
    return {};
  }
  [[nodiscard]] const device_sharing& sharing() const { return device_; }

  time_point now = t0;
  call_for_bids call;
  std::vector<agent_id> called;
  std::vector<share_offer> offers;
  std::vector<bargain_settled> settlements;

 private:
  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{1}, 4, 1'000};
    out.terms.ttl = 10s;
    return out;
  }

  void take() {
    EXPECT_EQ(device_.leases().conservation(now), "");
    for (auto& message : out_.messages) {
      if (auto* calls = std::get_if<bids_called>(&message)) {
        call = calls->call;
        called = calls->to;
      } else if (auto* offered = std::get_if<share_offered>(&message)) {
        offers.push_back(offered->offer);
      } else {
        settlements.push_back(std::get<bargain_settled>(message));
      }
    }
    out_.clear();
  }

  device_sharing device_;
  device_effects out_;
  std::map<std::uint64_t, measured_bidder> bidders_;
};

constexpr share_wish half{.compute_milli = 500};
constexpr share_wish quarter{.compute_milli = 250};

TEST(DeviceSharing, NobodyIsAskedWhileTheDeviceIsNotBargainedOver) {
  bargained_device some;
  some.share(sharing_pattern::time_sliced);
  some.ask(1);
  some.ask(2);

  EXPECT_THAT(some.called, IsEmpty());
  EXPECT_EQ(some.bid({1, {1}, 500, 1'000}), errc::not_supported);
  EXPECT_EQ(some.answer({1, 1, {1}}), errc::not_supported);
}

TEST(DeviceSharing, WhoComesIsBargainedWithAndTheSettlementIsInForce) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, {.compute_milli = 250, .most_milli = 1'000});
  EXPECT_THAT(some.called, IsEmpty()) << "one alone has nothing to bargain about";
  some.ask(2, half);
  EXPECT_THAT(some.called, ElementsAre(agent_id{1}, agent_id{2}));
  const auto before = some.contract_of(1).token;

  some.let_all_talk();

  ASSERT_THAT(some.settlements, SizeIs(1));
  EXPECT_TRUE(some.settlements[0].agreed);
  EXPECT_THAT(some.settlements[0].allotments, ElementsAre(allotment{agent_id{1}, 500}, allotment{agent_id{2}, 500}));
  EXPECT_EQ(some.contract_of(1).granted.compute_units, 2U);
  EXPECT_EQ(some.contract_of(2).granted.compute_units, 2U);
  EXPECT_GE(some.contract_of(1).token, before);
  EXPECT_EQ(some.sharing().last_settlement()->call, some.settlements[0].call);
}

TEST(DeviceSharing, SilenceDelaysNothingForLongerThanTheBound) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, half);
  some.ask(2, quarter);
  const device_terms terms;
  const auto bound = terms.bargain.bid_within + terms.bargain.rounds * terms.bargain.answer_within;

  while (some.settlements.empty() && some.now < t0 + 10s) some.tick(*some.sharing().next_deadline() - some.now);

  ASSERT_THAT(some.settlements, SizeIs(1));
  EXPECT_LE(some.now, t0 + bound);
  EXPECT_THAT(some.settlements[0].silent, UnorderedElementsAre(agent_id{1}, agent_id{2}));
}

TEST(DeviceSharing, StrangersAndOldCallsAreRefused) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, half);
  some.ask(2, half);
  EXPECT_EQ(some.bid({some.call.call, {9}, 500, 1'000}), errc::not_holder);
  const auto old = some.call.call;

  some.share(sharing_pattern::exclusive);
  some.share(sharing_pattern::collaborative);
  some.tick(100ms);

  EXPECT_GT(some.call.call, old);
  EXPECT_EQ(some.bid({old, {1}, 500, 1'000}), errc::fenced_off);
}

TEST(DeviceSharing, WhoLeavesInTheMiddleIsNotWaitedFor) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, quarter);
  some.ask(2, quarter);
  some.ask(3, quarter);
  some.tick(200ms);
  some.settlements.clear();
  some.tick(200ms);  // the third one's call
  some.leave(2);

  some.let_all_talk();
  while (some.sharing().next_deadline() && *some.sharing().next_deadline() < some.now + 1s && some.settlements.empty())
    some.tick(*some.sharing().next_deadline() - some.now);

  ASSERT_FALSE(some.settlements.empty());
  for (const auto& part : some.settlements.back().allotments) EXPECT_NE(part.holder, agent_id{2});
}

TEST(DeviceSharing, TalksAreNotCalledFasterThanTheyMay) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, quarter);
  some.ask(2, quarter);
  some.let_all_talk();
  const auto first = some.call.call;

  some.ask(3, quarter);
  EXPECT_EQ(some.call.call, first);
  some.tick(99ms);
  EXPECT_EQ(some.call.call, first);
  some.tick(1ms);

  EXPECT_EQ(some.call.call, first + 1);
  EXPECT_THAT(some.called, SizeIs(3));
}

TEST(DeviceSharing, LowPrioritiesGetWhatTheOthersLeave) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, {.compute_milli = 1'000}, 2);
  some.ask(2, {.compute_milli = 1'000}, 7);

  some.let_all_talk();

  ASSERT_THAT(some.settlements, SizeIs(1));
  EXPECT_THAT(some.settlements[0].allotments, ElementsAre(allotment{agent_id{1}, 0}, allotment{agent_id{2}, 1'000}));
}

TEST(DeviceSharing, AHolderWhoseLeaseEndsByTimeTakesNoPartAnyMore) {
  bargained_device some;
  some.share(sharing_pattern::collaborative);
  some.ask(1, half);
  some.ask(2, half);
  some.let_all_talk();

  some.tick(11s);  // nobody renewed

  EXPECT_THAT(some.sharing().leases().contracts(), IsEmpty());
  EXPECT_EQ(some.bid({some.call.call, {1}, 500, 1'000}), errc::not_holder);
}

}  // namespace
}  // namespace dunlin

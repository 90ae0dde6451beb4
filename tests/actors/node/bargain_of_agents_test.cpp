// SPDX-License-Identifier: Apache-2.0
// Agents that negotiate over the node's processor while they work on it.
#include <atomic>

#include "tests/actors/node/node_fixture.hpp"
#include "tests/actors/node/test_agents.hpp"

namespace dunlin::testing {

namespace {

/// Wants a quarter of the device and no more, whatever it is offered.
class modest_bidder final : public bidder {
 public:
  modest_bidder(agent_id agent, std::shared_ptr<std::atomic<int>> heard) : agent_(agent), heard_(std::move(heard)) {}

  share_bid bid(const call_for_bids& call, time_point) override {
    ++*heard_;
    return {call.call, agent_, 250, 250};
  }
  share_answer answer(const share_offer& offer, time_point) override { return {offer.call, offer.round, agent_}; }

 private:
  agent_id agent_;
  std::shared_ptr<std::atomic<int>> heard_;
};

}  // namespace

class BargainOfAgents : public NodeFixture {
 protected:
  BargainOfAgents() {
    auto options = impatient();
    options.workers = 2;
    auto modest = options.kinds.front();
    modest.name = "modest";
    modest.make_bidder = [heard = heard_](agent_id agent, const share_wish&) {
      return std::make_unique<modest_bidder>(agent, heard);
    };
    options.kinds.push_back(std::move(modest));
    rig_ = start(std::move(options));
    rig_->coordinate({.pattern = sharing_pattern::collaborative});
  }

  task_id grant(const std::string& kind) {
    grant_options task;
    task.kind = kind;
    task.payload = "pace";
    task.device = true;
    return rig_->grant(task);
  }

  /// Waits for a heartbeat in which the two contracts are as wished: the first holder's, then the second's.
  template <class Condition>
  bool contracts_show(Condition holds) {
    return rig_->leader->until([&](const auto& all) {
      if (all.beats.empty() || all.beats.back().devices.empty()) return false;
      const auto& contracts = all.beats.back().devices.front().sharing.contracts;
      return contracts.size() == 2 && holds(contracts[0], contracts[1]);
    });
  }

  std::shared_ptr<std::atomic<int>> heard_ = std::make_shared<std::atomic<int>>(0);
  std::unique_ptr<node_rig> rig_;
};

TEST_F(BargainOfAgents, AnAgentsOwnBidderDecidesWhatBothGet) {
  const auto modest = grant("modest");
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto eager = grant("work");

  EXPECT_TRUE(contracts_show([](const contract_view& first, const contract_view& second) {
    const auto part = static_cast<double>(first.granted.quantum.count()) /
                      static_cast<double>((first.granted.quantum + second.granted.quantum).count());
    return second.granted.lane == first.granted.lane && part > 0.24 && part < 0.26;
  })) << "a quarter and the rest of the device, in turns";
  EXPECT_GT(heard_->load(), 0);
  hung.open();

  EXPECT_EQ(rig_->leader->outcome_of(modest).code, errc::none);
  EXPECT_EQ(rig_->leader->outcome_of(eager).code, errc::none);
}

TEST_F(BargainOfAgents, WhoBringsNoBidderOfItsOwnBidsAsItWorks) {
  const auto first = grant("work");
  ASSERT_TRUE(hung.wait_for_visitors(1));
  const auto second = grant("work");

  EXPECT_TRUE(contracts_show([](const contract_view& one, const contract_view& other) {
    return one.granted.compute_units == 1 && other.granted.compute_units == 1 && one.granted.lane != other.granted.lane;
  })) << "each half of the device to itself";
  hung.open();

  EXPECT_EQ(rig_->leader->outcome_of(first).code, errc::none);
  EXPECT_EQ(rig_->leader->outcome_of(second).code, errc::none);
}

}  // namespace dunlin::testing

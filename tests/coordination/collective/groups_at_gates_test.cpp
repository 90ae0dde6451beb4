// SPDX-License-Identifier: Apache-2.0
// Members of several groups that take turns on the same devices, in virtual time: whoever waits for the others of its
// group has given its turn to those that wait for the device, so that no circle of both comes about.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "coordination/collective/collective_member.hpp"
#include "coordination/sharing/turns/step_turns.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint32_t rounds = 5;
constexpr std::uint64_t lane_elements = 16;
constexpr collective_call sum{collective_kind::all_reduce, 100};

class groups_at_gates {
 public:
  /// `rests`: whoever waits in a call has no turn meanwhile.
  groups_at_gates(std::uint64_t seed, bool rests) : rests_(rests), random_(seed) {
    for (std::size_t i = 0; i < 2 + random_() % 3; ++i) devices_.emplace_back(1, turn_terms{});
    groups_.resize(1 + random_() % 4);
    for (std::size_t group = 0; group < groups_.size(); ++group) {
      const auto size = 2 + random_() % 4;
      for (std::uint32_t rank = 0; rank < size; ++rank) add(group, rank);
    }
  }

  /// Returns whether every member came to its end; false if they wait for each other.
  bool run() {
    for (std::size_t who = 0; who < members_.size(); ++who) {
      arrive(who);
      if (random_() % 4 == 0) later([this, who] { park(who); });
    }
    while (!events_.empty()) {
      auto next = events_.extract(events_.begin());
      now_ = next.key();
      next.mapped()();
    }
    return std::ranges::all_of(members_, [](const auto& one) { return one.round > rounds; });
  }

 private:
  struct message {
    chunk_name name;
    std::uint64_t elements;
  };
  struct one_member {
    std::size_t device;
    std::size_t group;
    std::uint32_t rank;
    agent_id id;
    fencing_token token = 1;
    std::uint32_t round = 1;
    std::optional<collective_member> call = {};
    std::vector<message> early = {};
  };

  void add(std::size_t group, std::uint32_t rank) {
    groups_[group].push_back(members_.size());
    members_.push_back({random_() % devices_.size(), group, rank, {members_.size() + 1}});
    devices_[members_.back().device].put(contract_of(members_.back()));
  }

  static share_contract contract_of(const one_member& member) {
    share_contract out;
    out.holder = member.id;
    out.token = member.token;
    out.granted.quantum = 1ms;
    return out;
  }

  void later(std::function<void()> event) { events_.emplace(now_ + 1 + random_() % 1'000, std::move(event)); }

  step_turns& device_of(std::size_t who) { return devices_[members_[who].device]; }

  void arrive(std::size_t who) {
    ASSERT_TRUE(device_of(who).arrive(members_[who].id, members_[who].token));
    begin_steps(members_[who].device);
  }

  void begin_steps(std::size_t device) {
    std::vector<agent_id> begun;
    devices_[device].take_begun(begun);
    for (const auto id : begun) later([this, who = id.value - 1] { compute(who); });
  }

  /// The step that leads to the call has been computed.
  void compute(std::size_t who) {
    auto& me = members_[who];
    if (me.round > rounds) return end_step(who);
    if (rests_) end_step(who);
    me.call.emplace(sum, me.round, static_cast<std::uint32_t>(groups_[me.group].size()), me.rank, lane_elements);
    std::vector<member_action> actions;
    me.call->start(actions);
    perform(who, actions);
    for (const auto& one : std::exchange(me.early, {})) hear(who, one);
  }

  void end_step(std::size_t who) {
    device_of(who).end_step(members_[who].id, 1ms, false);
    begin_steps(members_[who].device);
  }

  void hear(std::size_t who, const message& said) {
    auto& me = members_[who];
    if (!me.call || me.call->epoch() != said.name.epoch) return me.early.push_back(said);
    std::vector<member_action> actions;
    ASSERT_TRUE(me.call->on_chunk(said.name, said.elements, actions));
    perform(who, actions);
  }

  void perform(std::size_t who, const std::vector<member_action>& actions) {
    auto& me = members_[who];
    for (const auto& action : actions) {
      if (action.what == member_action::kind::send)
        later([this, to = groups_[me.group][action.peer], said = message{action.name, action.range.count}] {
          hear(to, said);
        });
      if (action.what == member_action::kind::complete) later([this, who] { finish(who); });
    }
  }

  void finish(std::size_t who) {
    ++members_[who].round;
    members_[who].call.reset();
    if (!rests_) end_step(who);
    arrive(who);
  }

  /// The device is somebody else's for a while, whatever the member does.
  void park(std::size_t who) {
    device_of(who).park(members_[who].id);
    later([this, who] {
      ++members_[who].token;
      device_of(who).put(contract_of(members_[who]));
      begin_steps(members_[who].device);
    });
  }

  bool rests_;
  std::mt19937_64 random_;
  std::vector<step_turns> devices_;
  std::vector<std::vector<std::size_t>> groups_;  ///< members by rank
  std::vector<one_member> members_;
  std::multimap<std::uint64_t, std::function<void()>> events_;  ///< by time
  std::uint64_t now_ = 0;
};

TEST(GroupsAtGates, NeverWaitInACircle) {
  for (std::uint64_t seed = 0; seed < 500; ++seed) ASSERT_TRUE(groups_at_gates(seed, true).run()) << "seed " << seed;
}

/// What it would be otherwise; so the simulation sees circles where there are some.
TEST(GroupsAtGates, WhoeverKeptItsTurnWouldWaitForEver) {
  std::size_t stuck = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) stuck += groups_at_gates(seed, false).run() ? 0 : 1;

  EXPECT_GT(stuck, 50U);
}

}  // namespace
}  // namespace dunlin::testing

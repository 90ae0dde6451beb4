// SPDX-License-Identifier: Apache-2.0
// Random work for a leader: the order of grants is that of priority and age, no node is ever given more than it
// offered, and what a node may be said to hold is what the table says it holds.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <set>

#include "tests/coordination/orchestration/leader_support.hpp"

namespace dunlin {
namespace {

constexpr duration aging_step = 1s;

/// A task in the order in which it has to be granted.
struct expected_task {
  std::int64_t rank = 0;  ///< ready since, less what the priority is worth
  std::size_t number = 0;
  int priority = 0;
  task_id id;
  friend auto operator<=>(const expected_task&, const expected_task&) = default;
};

RC_GTEST_PROP(LeaderOrder, IsPriorityWithAging, (const std::vector<std::uint16_t>& words)) {
  orchestration_config config;
  config.aging_step = aging_step;
  leader_story t(config);
  const auto a = t.join(node("a").slots(0));
  std::set<expected_task> waiting;
  std::vector<task_grant> running;
  t.join(node("a").slots(1));

  const auto note = [&] {
    for (const auto& grant : t.grants(a)) {
      // Of different priorities that are worth the same, to the nanosecond, either may be first.
      const auto found = std::ranges::find(waiting, grant.id, &expected_task::id);
      RC_ASSERT(found != waiting.end());
      RC_ASSERT(found->rank == waiting.begin()->rank);
      RC_ASSERT(std::find_if(waiting.begin(), found,
                             [&](const auto& other) { return other.priority == found->priority; }) == found);
      waiting.erase(found);
      running.push_back(grant);
    }
    RC_ASSERT(running.size() <= 1U);
    RC_ASSERT(running.size() == 1U || waiting.empty());
  };
  std::size_t number = 0;
  const auto end_one = [&] {
    if (running.empty()) return;
    const auto ended = running.back();
    running.pop_back();
    t.end(a, ended);
    note();
  };
  for (const auto word : words) {
    if (word % 3 == 0) {
      end_one();
    } else if (word % 3 == 1) {
      t.pass(milliseconds{1 + word % 1'500}, {a});
      t.step([&](auto& me, auto& out) {  // its lease shall not lapse
        std::vector<task_epoch> held;
        held.reserve(running.size());
        for (const auto& each : running) held.push_back({each.id, each.epoch});
        me.on_renewal(a, {1, held}, t.at, out);
      });
    } else {
      const auto priority = 1 + (word >> 2) % 10;
      const auto rank = t.at.now.time_since_epoch().count() - priority * aging_step.count();
      const auto answer = t.submit({work().priority(priority)});
      RC_ASSERT(answer.has_value());
      waiting.insert({rank, ++number, priority, answer->at(0).id});
      note();
    }
  }
  while (!running.empty()) end_one();
  RC_ASSERT(waiting.empty());
}

/// Follows what two nodes were given and say they are done with.
class two_nodes {
 public:
  static constexpr std::array<std::uint32_t, 2> offers{2, 5};

  two_nodes() {
    for (std::size_t i = 0; i < 2; ++i) join(i);
  }

  void step(std::uint32_t word) {
    const std::size_t which = word >> 3 & 1;
    switch (word & 7) {
      case 0:
      case 1:
      case 2:
        return submit(1 + (word >> 4) % 4, word >> 8);
      case 3:
      case 4:
        return end(which, word >> 4);
      case 5:
        return give_back(which);
      case 6:
        return reconnect(which, (word >> 4 & 1) != 0);
      default:
        t_.pass(milliseconds{(word >> 4) % 2'000}, {lives_[0], lives_[1]});
        renew();
    }
    note();
  }

  void check() {
    note();
    for (std::size_t i = 0; i < 2; ++i) {
      RC_ASSERT(held_[i].size() <= offers[i]);
      RC_ASSERT(t_.metric_of("dunlin_node_granted_tasks", name(i)) == static_cast<double>(held_[i].size()));
    }
    const auto& counts = t_.leader->tasks().counts();
    RC_ASSERT(counts.by_state[1] + counts.by_state[2] == held_[0].size() + held_[1].size());
    const bool full = held_[0].size() == offers[0] && held_[1].size() == offers[1];
    RC_ASSERT(full || counts.by_state[0] == 0U);
  }

 private:
  static std::string name(std::size_t which) { return which == 0 ? "a" : "b"; }

  void join(std::size_t which) {
    std::vector<task_epoch> held;
    for (const auto& grant : held_[which]) held.push_back({grant.id, grant.epoch});
    lives_[which] = t_.join(node(name(which)).slots(offers[which]).holds(held));
  }
  void submit(std::uint32_t count, std::uint32_t word) {
    t_.submit(std::vector<task_spec>(count, work().priority(static_cast<int>(1 + word % 10))));
  }
  void end(std::size_t which, std::uint32_t word) {
    if (held_[which].empty()) return;
    const auto at = held_[which].begin() + static_cast<std::ptrdiff_t>(word % held_[which].size());
    const auto grant = *at;
    held_[which].erase(at);
    last_[which] = {t_.outcome_of(grant)};
    t_.end(lives_[which], ++sequence_, last_[which]);
    if (word % 3 == 0) t_.end(lives_[which], sequence_, last_[which]);  // said twice
  }
  void give_back(std::size_t which) {
    if (held_[which].empty()) return;
    const auto grant = held_[which].back();
    held_[which].pop_back();
    t_.step([&](auto& me, auto& out) { me.on_returned(lives_[which], {{{grant.id, grant.epoch}}}, t_.at, out); });
  }
  void reconnect(std::size_t which, bool repeats) {
    note();
    t_.disconnect(lives_[which]);
    if (repeats && !last_[which].empty()) t_.end(lives_[which], sequence_, last_[which]);
    join(which);
  }
  void renew() {
    for (std::size_t i = 0; i < 2; ++i) {
      std::vector<task_epoch> held;
      for (const auto& grant : held_[i]) held.push_back({grant.id, grant.epoch});
      t_.step([&](auto& me, auto& out) { me.on_renewal(lives_[i], {1, held}, t_.at, out); });
      for (const auto& answer : t_.heard<lease_renewed>(lives_[i])) RC_ASSERT(answer.fenced.empty());
    }
  }
  void note() {
    for (std::size_t i = 0; i < 2; ++i)
      for (const auto& grant : t_.grants(lives_[i])) held_[i].push_back(grant);
  }

  leader_story t_;
  std::array<incarnation, 2> lives_;
  std::array<std::vector<task_grant>, 2> held_;
  std::array<std::vector<task_outcome>, 2> last_;
  std::uint64_t sequence_ = 0;
};

RC_GTEST_PROP(LeaderLoad, IsWhatTheNodesHold, (const std::vector<std::uint16_t>& words)) {
  two_nodes both;
  for (const auto word : words) {
    both.step(word);
    both.check();
  }
}

}  // namespace
}  // namespace dunlin

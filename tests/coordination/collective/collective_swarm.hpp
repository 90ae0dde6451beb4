// SPDX-License-Identifier: Apache-2.0
// A group and its members in virtual time: messages take their time, members die, nothing is repeated.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <vector>

#include "coordination/collective/collective_group.hpp"
#include "coordination/collective/collective_member.hpp"

namespace dunlin::testing {

/// Whole numbers, so that sums are exact in any order.
using numbers = std::vector<std::int64_t>;

class collective_swarm {
 public:
  /// Member i has agent id i + 1 and `inputs[i]` in its buffer.
  collective_swarm(const collective_call& call, std::vector<numbers> inputs, std::uint64_t lane_elements,
                   std::uint64_t seed);

  /// Kills a member just before the step numbered `step`.
  void kill(std::size_t member, std::size_t step) { deaths_[step].push_back(member); }

  /// Runs until the operation is over for everybody; false if it stood still before.
  bool run();

  /// What the member was given: its result, or why there is none; nothing if it died.
  struct outcome {
    numbers result;
    error why{errc::none};
  };
  [[nodiscard]] const std::map<std::size_t, outcome>& outcomes() const noexcept { return outcomes_; }
  /// Returns the members of the epoch that counted.
  [[nodiscard]] const std::vector<std::size_t>& counted() const noexcept { return counted_; }
  [[nodiscard]] std::size_t steps() const noexcept { return steps_; }
  [[nodiscard]] std::size_t fenced() const noexcept { return fenced_; }

 private:
  struct message {
    std::size_t to;
    chunk_name name;
    numbers content;
  };
  struct one_member {
    numbers input;
    numbers buffer;
    std::optional<collective_member> work;
    std::vector<std::size_t> members;  ///< by rank, of its epoch
    std::map<chunk_name, numbers> held;
    bool is_dead = false;
  };

  void perform(const std::vector<group_action>& actions);
  void begin(std::size_t member, const group_action& order);
  void perform(std::size_t member, const std::vector<member_action>& actions, const message* came);
  void apply(one_member& to, const member_action& action, const numbers& content);
  void deliver_one();
  void bury(std::size_t member);

  std::vector<one_member> members_;
  collective_group group_;
  std::uint64_t lane_elements_;
  std::mt19937_64 random_;
  std::map<std::pair<std::size_t, std::size_t>, std::deque<message>> links_;  ///< from, to: in order
  std::deque<std::function<void()>> words_;                                   ///< between members and group
  std::map<std::size_t, std::vector<std::size_t>> deaths_;
  std::map<std::size_t, outcome> outcomes_;
  std::vector<std::size_t> counted_;
  std::size_t steps_ = 0;
  std::size_t fenced_ = 0;
};

}  // namespace dunlin::testing

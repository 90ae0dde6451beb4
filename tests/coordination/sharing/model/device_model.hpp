// SPDX-License-Identifier: Apache-2.0
// One device with its coordinator, its steps and what the three agents know of it: the real arbiter and the real
// step_turns, joined as the coordinator and the gate join them. What the coordinator says to an agent is under way
// until it is delivered. What an agent says arrives at once: an agent does nothing between that could depend on it, so
// a message that takes its time is one that is sent later.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/turns/step_turns.hpp"
#include "tests/coordination/sharing/model/agent_side.hpp"
#include "tests/coordination/sharing/model/ledger.hpp"
#include "tests/coordination/sharing/model/plan.hpp"

namespace dunlin::model {

enum class step_state : std::uint8_t { none, ready, runs };

/// Breaks the device on purpose, to see that it is found out.
enum class sabotage : std::uint8_t { none, parking_is_not_told, revoked_steps_go_on };

class device_model {
 public:
  explicit device_model(const setting& device, sabotage broken = sabotage::none);
  device_model(const device_model& other);
  device_model& operator=(const device_model&) = delete;

  [[nodiscard]] bool can(const event& one) const;

  /// `story` takes what followed, in words.
  void happen(const event& one, std::vector<std::string>* story = nullptr);

  /// Time passes, and nobody does anything.
  void wait(duration time) { now_ += time; }

  /// Promises that if nobody does anything any more, time ends all leases and all waiting.
  void check_that_time_ends_all();

  /// Returns in what time something is due; none = never.
  [[nodiscard]] std::optional<duration> due_in() const;

  [[nodiscard]] bool is_away(std::size_t agent) const;
  [[nodiscard]] bool holds(std::size_t agent) const { return agents_.at(agent).stands == standing::holding; }
  [[nodiscard]] bool has_step(std::size_t agent) const { return steps_.at(agent) != step_state::none; }

  /// Returns who is neither away nor done here, in words; empty if nobody.
  [[nodiscard]] std::string unrest() const;

  /// Two with the same numbers behave alike.
  [[nodiscard]] std::vector<std::uint64_t> state() const;

  /// Returns what is wrong, in words; empty if nothing.
  [[nodiscard]] const std::string& wrong() const noexcept { return ledger_.wrong; }

 private:
  void accuse(const std::string& what) {
    if (ledger_.wrong.empty()) ledger_.wrong = what;
  }
  void begin(const event& one);
  void ask(std::size_t agent);
  void deliver(std::size_t agent);
  void arrive(std::size_t agent);
  void end_step(std::size_t agent, bool more);
  void renew(std::size_t agent);
  void release(std::size_t agent);
  void give_up(std::size_t agent);
  void withdraw(std::size_t agent);
  void die(std::size_t agent);
  void take_away(std::size_t agent, duration grace);
  void switch_to(std::size_t pattern);
  void settle(std::size_t settlement);

  void perform(bool switching, std::vector<std::string>* story);
  void put_into_force(const sharing_effect& effect);
  void tell(const sharing_effect& effect);
  void begin_steps(std::vector<std::string>* story);
  void check_begun(std::size_t agent);
  void check_who_waits_for_a_turn();
  void check_what_agents_know();
  [[nodiscard]] std::vector<bool> units_granted(std::size_t agent) const;
  [[nodiscard]] std::vector<bool> units_of_step(std::size_t agent) const;
  [[nodiscard]] std::vector<bool> as_bits(const std::vector<std::uint32_t>& units) const;

  device_capacity capacity_;
  sabotage broken_;
  arbiter shares_;
  step_turns turns_;
  ledger ledger_;
  time_point now_{1'000s};
  std::array<agent_side, agent_count> agents_;
  std::array<std::vector<message>, agent_count> messages_;
  std::array<step_state, agent_count> steps_{};
  std::array<std::vector<bool>, agent_count> running_;  ///< by unit, of the step that runs
  sharing_effects out_;
};

}  // namespace dunlin::model

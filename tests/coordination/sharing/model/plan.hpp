// SPDX-License-Identifier: Apache-2.0
// What the model checker plays with: small devices, short times, three agents that differ in all that decides.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin::model {

inline constexpr std::size_t agent_count = 3;
inline constexpr std::size_t device_count = 2;

/// The ways of sharing that are checked, and between which an operator switches.
inline const std::vector<share_options>& patterns() {
  static const std::vector<share_options> all{
      {.pattern = sharing_pattern::exclusive},
      {.pattern = sharing_pattern::time_sliced, .quantum = 8ms, .burst = 4ms, .most_holders = 2},
      {.pattern = sharing_pattern::space_partitioned},
      {.pattern = sharing_pattern::pipeline, .quantum = 8ms},
      {.pattern = sharing_pattern::collaborative, .quantum = 8ms},
  };
  return all;
}

/// A device, and how it is shared at the start.
struct setting {
  std::size_t pattern = 0;  ///< index of `patterns`
  std::uint32_t units = 4;
  std::uint64_t bytes = 100;  ///< two of the three find room at once, at most
};

/// What is explored: each pattern; a pool as well where agents take turns on one unit as where all three hold a share
/// of two units; and one holder at a time where the third needs bytes that the others keep while they are parked.
inline const std::vector<setting>& settings() {
  static const std::vector<setting> all{{0}, {0, 4, 80}, {1}, {2}, {3, 1}, {3, 2, 130}, {4}};
  return all;
}

inline std::string to_string(const setting& one) {
  return std::string{dunlin::to_string(patterns().at(one.pattern).pattern)} + " on " + std::to_string(one.units) +
         (one.units == 1 ? " unit" : " units") + " and " + std::to_string(one.bytes) + " bytes";
}

inline lease_terms short_terms() {
  lease_terms out;
  out.ttl = 4s;
  out.grace = 1s;
  out.max_hold = 3s;
  out.aging_step = 1s;
  out.patience = 6s;
  return out;
}

inline device_capacity capacity_of(const setting& one) { return {device_id{1}, one.units, one.bytes}; }
inline arbiter_config config_of(const setting& one) { return {capacity_of(one), short_terms(), 0}; }

inline std::string name_of(std::size_t agent) { return "agent " + std::to_string(agent + 1); }

/// What agent 0, 1 or 2 asks for on every device: one that yields and can use more than it needs, one that may not be
/// preempted, one that comes first and cannot be stopped between steps.
inline share_request wish_of(std::size_t agent) {
  static const std::array<share_request, agent_count> wishes{{
      {{1}, {1}, {.compute_milli = 500, .most_milli = 1'000, .memory_bytes = 40}, 3, true, 0s, true},
      {{2}, {2}, {.compute_milli = 500, .memory_bytes = 40, .interactive = true}, 5, false, 0s, true},
      {{3}, {3}, {.compute_milli = 750, .memory_bytes = 50, .weight = 200}, 8, true, 0s, false},
  }};
  return wishes.at(agent);
}

/// What may come of a negotiation: one that leaves nothing to whoever comes, and one that leaves a part.
inline const std::vector<std::vector<allotment>>& settlements() {
  static const std::vector<std::vector<allotment>> all{{{{1}, 625}, {{2}, 375}}, {{{3}, 500}, {{1}, 250}}};
  return all;
}

/// Busy time of each agent's steps: less than a turn, a turn, more than a turn.
inline duration step_of(std::size_t agent) { return std::array<duration, agent_count>{4ms, 8ms, 24ms}.at(agent); }

/// One thing that happens at one device.
enum class act : std::uint8_t {
  ask,
  deliver,    ///< the oldest message of the device reaches the agent
  arrive,     ///< the agent has a step to run
  end_step,   ///< and has no other
  next_step,  ///< and has another
  renew,
  release,
  tick,       ///< what is due is done
  give_up,    ///< the agent does not want to wait any longer
  withdraw,   ///< nor to run the step that has not begun
  die,        ///< the agent is gone, and may come back as new
  revoke,     ///< an operator takes the share away at once
  recall,     ///< or in a while
  switch_to,  ///< or shares the device in another way
  settle,     ///< or as was negotiated
};
inline constexpr std::size_t act_count = 15;

/// What disturbs the course of things; a history has only so many.
constexpr bool disturbs(act what) noexcept { return what >= act::give_up; }

struct event {
  act what = act::tick;
  std::uint8_t who = 0;  ///< agent; the pattern to switch to; the settlement
  friend bool operator==(const event&, const event&) = default;
};

std::string to_string(const event& one);

/// Returns all events that there are at one device.
const std::vector<event>& all_events();

}  // namespace dunlin::model

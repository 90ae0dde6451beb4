// SPDX-License-Identifier: Apache-2.0
// What agents and the coordinator of a device say to each other when they negotiate over it. Times are lengths from
// the moment at which a message is read: machines do not share a clock.
//
// Bytes are not bargained over: memory in use cannot be taken back, so everybody keeps those of its contract.
#pragma once

#include <cstdint>
#include <tuple>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// What comes first where there is not enough for all.
enum class share_class : std::uint8_t {
  opportunistic,  ///< gets what the guaranteed leave
  guaranteed,     ///< what its contract asks for comes before what opportunistic ones need
};
constexpr share_class enum_last(share_class) noexcept { return share_class::guaranteed; }

/// Asks an agent what it needs. Answer: share_bid.
struct call_for_bids {
  static constexpr const char* wire_name = "call_for_bids";
  std::uint64_t call = 0;  ///< rises with every negotiation over the device
  device_id device;
  std::uint32_t compute_units = 0;  ///< of the device
  std::uint32_t rounds = 0;         ///< of offers, at most
  duration answer_within{0};
  static auto fields(auto& m) { return std::tie(m.call, m.device, m.compute_units, m.rounds, m.answer_within); }
  friend bool operator==(const call_for_bids&, const call_for_bids&) = default;
};

/// What an agent needs, and what more would be worth to it.
struct share_bid {
  static constexpr const char* wire_name = "share_bid";
  static constexpr std::uint32_t step_milli = 100;
  std::uint64_t call = 0;
  agent_id bidder;
  std::uint32_t least_milli = 0;  ///< without this much it misses what it is for
  std::uint32_t most_milli = 0;   ///< it has no use for more
  duration needed_for{0};         ///< until its deadline; 0 = it has none

  /// Marginal value of each further `step_milli` above the least: never rising, at most ten. Beyond them: 0. Compared
  /// with those of the others; `measured_bidder` says what it means by them.
  std::vector<std::uint32_t> values = {};
  static auto fields(auto& m) {
    return std::tie(m.call, m.bidder, m.least_milli, m.most_milli, m.needed_for, m.values);
  }
  friend bool operator==(const share_bid&, const share_bid&) = default;
};

/// What an agent would get. Answer: share_answer. Silence accepts.
struct share_offer {
  static constexpr const char* wire_name = "share_offer";
  std::uint64_t call = 0;
  std::uint32_t round = 0;  ///< from 1
  agent_id to;
  std::uint32_t compute_milli = 0;
  std::uint64_t memory_bytes = 0;  ///< those of its contract
  share_class offered_as = share_class::opportunistic;
  duration answer_within{0};
  static auto fields(auto& m) {
    return std::tie(m.call, m.round, m.to, m.compute_milli, m.memory_bytes, m.offered_as, m.answer_within);
  }
  friend bool operator==(const share_offer&, const share_offer&) = default;
};

/// Takes an offer, or names another share.
struct share_answer {
  static constexpr const char* wire_name = "share_answer";
  std::uint64_t call = 0;
  std::uint32_t round = 0;
  agent_id from;
  bool accept = true;
  std::uint32_t compute_milli = 0;  ///< of a counter-offer: less, to leave the rest to others, or more
  std::uint32_t value = 0;          ///< of each `share_bid::step_milli` that it asks for above its least
  static auto fields(auto& m) { return std::tie(m.call, m.round, m.from, m.accept, m.compute_milli, m.value); }
  friend bool operator==(const share_answer&, const share_answer&) = default;
};

}  // namespace dunlin

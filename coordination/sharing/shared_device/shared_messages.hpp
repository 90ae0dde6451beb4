// SPDX-License-Identifier: Apache-2.0
// What the processes that share a device tell each other: each tells the other side all that it has, under a number
// that rises. So a message that is lost, comes twice or comes late does no harm: the newest one says everything, and
// whoever takes over a device learns all of it from the first message of each process.
//
// Agents are named as their own process names them; the home tells them apart by their process.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "coordination/sharing/collaborative/bargain_messages.hpp"
#include "coordination/sharing/contract/share_contract.hpp"
#include "coordination/sharing/patterns/share_options.hpp"
#include "coordination/sharing/turns/lane_permits.hpp"
#include "coordination/tasks/priority_boost.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A process that shares a device, as the leader numbers them: 1 to 65 535. Under one epoch a number is never given
/// again; a process that was forgotten and comes back has another one.
using sharer_id = strong_id<struct sharer_tag>;

/// How the device is shared, and since which of the home's decisions.
struct sharing_mode {
  std::uint64_t revision = 0;  ///< epoch of the home that decided it above, its count below; 0 = none
  share_options options;
  static auto fields(auto& m) { return std::tie(m.revision, m.options); }
  friend bool operator==(const sharing_mode&, const sharing_mode&) = default;
};

/// What an agent of a sharer wants, and what it has of it.
struct sharer_seat {
  request_id request;  ///< rises with every wish of this sharer
  agent_id agent;
  share_wish wish;
  std::uint8_t priority = 5;
  bool preemptible = true;
  bool in_steps = false;
  duration patience{0};            ///< 0 = the home's own
  std::vector<task_boost> boosts;  ///< what is left of them
  fencing_token token = 0;         ///< of its newest contract; 0 = never had one
  bool held = false;               ///< it has a lease, which may stand between two steps
  bool in_doubt = false;  ///< its sharer's tenure has ended meanwhile: the home may have given it to somebody else
  bool at_work = false;   ///< has a step to run, or runs one
  share_use used;         ///< since it was granted, all in all
  static auto fields(auto& m) {
    return std::tie(m.request, m.agent, m.wish, m.priority, m.preemptible, m.in_steps, m.patience, m.boosts, m.token,
                    m.held, m.in_doubt, m.at_work, m.used);
  }
};

/// A turn that a sharer has, or had until the home has heard of its end.
struct sharer_turn {
  lane_permit turn;
  bool over = false;
  duration busy{0};  ///< of its steps, once it is over
  static auto fields(auto& m) { return std::tie(m.turn, m.over, m.busy); }
};

/// Sharer to home.
struct sharer_state {
  static constexpr const char* wire_name = "sharer_state";
  std::string device;
  sharer_id sharer;
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t heard = 0;  ///< the newest sequence of the home's that counts here
  sharing_mode mode;        ///< as it was told last, by whichever home
  std::vector<sharer_seat> seats;
  std::vector<sharer_turn> turns;
  std::vector<share_bid> bids;  ///< of the calls that the home told last
  std::vector<share_answer> answers;
  enforcement kept = enforcement::cooperative;  ///< how this sharer keeps its agents to their units
  std::string kept_why;                         ///< if it is no more than advisory
  static auto fields(auto& m) {
    return std::tie(m.device, m.sharer, m.epoch, m.sequence, m.heard, m.mode, m.seats, m.turns, m.bids, m.answers,
                    m.kept, m.kept_why);
  }
};

enum class seat_state : std::uint8_t {
  waiting,
  holding,
  recalled,  ///< holds it still, and has to give it back
  parked,
  ended,  ///< refused or taken back; stays until the sharer has given the seat up
};
constexpr seat_state enum_last(seat_state) noexcept { return seat_state::ended; }

/// Where a sharer's wish stands.
struct home_seat {
  request_id request;
  agent_id agent;
  seat_state state = seat_state::waiting;
  fencing_token token = 0;
  sharing_pattern pattern = sharing_pattern::exclusive;
  share_grant granted;
  enforcement compute_enforcement = enforcement::none;
  enforcement memory_enforcement = enforcement::none;
  error why;  ///< of one that ended or is to end
  static auto fields(auto& m) {
    return std::tie(m.request, m.agent, m.state, m.token, m.pattern, m.granted, m.compute_enforcement,
                    m.memory_enforcement, m.why);
  }
  friend bool operator==(const home_seat&, const home_seat&) = default;
};

/// Home to sharer.
struct home_state {
  static constexpr const char* wire_name = "home_state";
  std::string device;
  sharer_id sharer;  ///< as whom the home knows the one that it tells
  std::uint32_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t heard = 0;  ///< the newest sequence of the sharer's that counts here
  duration tenure{0};       ///< how long what is told here holds, from when the sharer sent what was heard
  bool collecting = false;  ///< the home has taken over and asks who holds what: go on as it is, the rest says nothing
  sharing_mode mode;
  std::vector<home_seat> seats;
  std::vector<lane_permit> turns;
  std::vector<agent_id> called;  ///< to the talk that `call` begins
  call_for_bids call;
  std::vector<share_offer> offers;
  static auto fields(auto& m) {
    return std::tie(m.device, m.sharer, m.epoch, m.sequence, m.heard, m.tenure, m.collecting, m.mode, m.seats, m.turns,
                    m.called, m.call, m.offers);
  }
};

/// One process of a device's, as the leader knows it.
struct sharer_place {
  sharer_id sharer;
  std::string node;
  incarnation life;
  static auto fields(auto& m) { return std::tie(m.sharer, m.node, m.life); }
  friend bool operator==(const sharer_place&, const sharer_place&) = default;
};

/// Who a device's home is, and who shares the device. A sharer that is named no longer is gone for good.
struct device_appointment {
  std::string device;
  std::uint32_t epoch = 0;     ///< rises with every home
  std::uint64_t revision = 0;  ///< rises with every appointment
  sharer_id home;              ///< 0 = nobody is there
  bool strangers = false;      ///< others may hold something, of whom the leader has not heard yet
  std::vector<sharer_place> sharers;
  static auto fields(auto& m) { return std::tie(m.device, m.epoch, m.revision, m.home, m.strangers, m.sharers); }
  friend bool operator==(const device_appointment&, const device_appointment&) = default;
};

/// Leader to every sharer, as often as it hears of it: whose the device is, and how it is to be shared.
struct home_notice {
  device_appointment appointed;
  bool ordered = false;   ///< an operator has said how
  share_options options;  ///< what the operator said last
  static auto fields(auto& m) { return std::tie(m.appointed, m.ordered, m.options); }
  friend bool operator==(const home_notice&, const home_notice&) = default;
};

/// What the processes of a device tell each other.
using sharing_traffic = std::variant<sharer_state, home_state>;

/// Returns the name under which a device's home knows an agent of a sharer.
constexpr agent_id far_agent(sharer_id of, agent_id agent) noexcept {
  return {of.value << 48U | (agent.value & 0xffff'ffff'ffffU)};
}
constexpr sharer_id sharer_of(agent_id far) noexcept { return {far.value >> 48U}; }
constexpr agent_id near_agent(agent_id far) noexcept { return {far.value & 0xffff'ffff'ffffU}; }

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// The one process that decides who holds what of a device that several processes work on.
//
// Its right to decide comes from the leader and ends unless it is prolonged; so what it tells others ends too, `ttl`
// after a sharer last spoke and never later than that right. A sharer that is silent for `ttl + grace` holds nothing
// any more. When the leader appoints another home, under a higher epoch, the new one asks every sharer what it holds,
// waits for the silent ones as long as they may hold anything, and goes on from there: leases stay with their holders
// under higher tokens, and nothing is granted twice.
//
// What a sharer wants and what it has of it is said anew in each of its messages; this compares that with what it
// knows. Memory that was taken back counts until the sharer has said that it is free.
//
// Invariants: nothing is told without the right to; no unit is under the turns of two processes (lane_turns); the bytes
// of all contracts that any process may believe in are no more than there are; tokens rise, also from home to home.
// Source: Gray and Cheriton, Leases, SOSP 1989; epochs as in Burrows, The Chubby lock service, OSDI 2006, section 2.4.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coordination/sharing/device_sharing.hpp"
#include "coordination/sharing/shared_device/lane_turns.hpp"
#include "coordination/sharing/shared_device/sharer_roster.hpp"
#include "coordination/sharing/shared_device/succession.hpp"

namespace dunlin {

struct shared_terms {
  duration ttl = 15s;            ///< of what is told, and of the home's own right
  duration grace = 2s;           ///< for the longest step that runs when it ends
  std::size_t most_seats = 256;  ///< of one sharer; its later ones wait there
};

struct home_config {
  arbiter_config device;  ///< its `last_token` and its ttl are this object's to choose
  device_terms terms;
  shared_terms shared;
};

/// A message to a sharer.
struct told_sharer {
  sharer_id to;
  home_state state;
};

/// Thread: the owner's.
class DUNLIN_EXPORT device_home {
 public:
  /// Begins to ask who holds what. It may tell nothing before `prolong`.
  device_home(const home_config& config, const device_appointment& by, time_point now);

  /// The leader has named the sharers anew. Errors: fenced_off (another home was appointed), overloaded.
  result<void> appoint(const device_appointment& by, time_point now);

  /// The leader answered what was sent to it `ttl` before `until`, or the like: until then this is the home.
  void prolong(time_point until) noexcept { right_until_ = std::max(right_until_, until); }

  /// Errors: as `make_rule`, and conflict (still asks who holds what).
  result<void> coordinate(const share_options& options, time_point now);

  /// Errors: fenced_off (the sharer obeys a later home: this one is over), not_found (no sharer of this device).
  result<void> on_state(const sharer_state& said, time_point now);

  /// Does whatever is due.
  void tick(time_point now);
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Moves what is to be told now to `out`.
  void take_told(time_point now, std::vector<told_sharer>& out);

  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] bool is_open() const noexcept { return !heritage_; }
  [[nodiscard]] bool is_fenced() const noexcept { return fenced_; }
  [[nodiscard]] const device_sharing& sharing() const noexcept { return sharing_; }
  [[nodiscard]] const sharing_mode& mode() const noexcept { return mode_; }
  [[nodiscard]] const lane_turns& turns() const noexcept { return lanes_; }
  [[nodiscard]] const sharer_roster& roster() const noexcept { return roster_; }

 private:
  /// One wish of a sharer's agent.
  struct seat {
    home_seat told;          ///< what it is to hear
    bool announced = false;  ///< it may have been told of its bytes
    bool at_work = false;
    share_use used;
  };

  void take_over(time_point now);
  void inherit(const heirloom& one, time_point now);
  void compare(const sharer_state& said, time_point now);
  void note_enforcement(const sharer_state& said);
  void drop_unwanted(const sharer_state& said, time_point now);
  void take_seat(sharer_id sharer, const sharer_seat& wanted, time_point now);
  void note_use(agent_id far, seat& known, const sharer_seat& said);
  void hear_bargain(const sharer_state& said, time_point now);
  [[nodiscard]] time_point latest_to_lose() const;
  void lose(sharer_id sharer, time_point now);

  void absorb();
  void settle();
  void see(const share_granted& e) { put(e.contract); }
  void see(const share_changed& e) { put(e.contract); }
  void see(const share_parked& e);
  void see(const share_recalled& e);
  void see(const share_revoked& e) { end_seat(e.holder, e.why); }
  void see(const share_refused& e) { end_seat(e.holder, e.why); }
  void see(const bids_called& e);
  void see(const share_offered& e);
  void see(const bargain_settled&) {}
  void put(const share_contract& contract);
  void end_seat(agent_id far, const error& why);
  void announce();
  void plan_turns();
  [[nodiscard]] home_state state_for(sharer_id sharer, time_point now);

  home_config config_;
  std::string name_;
  std::uint32_t epoch_;
  std::uint64_t revision_;
  time_point right_until_{};
  bool fenced_ = false;
  device_sharing sharing_;
  sharer_roster roster_;
  lane_turns lanes_;
  std::optional<succession> heritage_;  ///< none once it is open
  sharing_mode mode_;
  std::map<agent_id, seat> seats_;  ///< by far agent
  std::uint64_t last_request_ = 0;
  device_effects effects_;
  time_point call_again_;
  std::optional<bids_called> call_;
  std::map<agent_id, share_offer> offers_;  ///< of that call
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Which process may run steps on which units of a device that several processes work on.
//
// A lane's turn is given to one process at a time. While only one process wants it, it has the turn until it is asked
// back; while several do, turns go round by deficit round robin: each has so much busy time as its holders' quanta add
// up to, is charged what its steps took, and is passed over while nobody there has a step. When contracts change, a
// turn on other units is asked back, and what overlaps it waits: so a process learns at once what it will hold, and
// begins when nobody else is there any more.
//
// Invariant: no unit is under the turns of two processes.
// Source: turn_ring.hpp; one level above it.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "coordination/sharing/shared_device/shared_messages.hpp"
#include "coordination/sharing/turns/turn_ring.hpp"

namespace dunlin {

/// What a process has to do with a lane.
struct lane_claim {
  sharer_id sharer;
  lane_key lane;
  duration wanted{0};  ///< sum of the quanta of its holders that have a step to run
};

/// Thread: the owner's.
class DUNLIN_EXPORT lane_turns {
 public:
  /// Serials go on after `last_serial`.
  lane_turns(std::uint32_t units, fencing_token last_serial) : units_(units), last_serial_(last_serial) {}

  /// A turn that an earlier home gave and that is not over.
  void adopt(sharer_id sharer, const lane_permit& turn);

  /// These are all who have to do with the device now, each process and lane at most once. Asks back what is not theirs
  /// or wanted elsewhere, and gives what is free.
  void plan(std::span<const lane_claim> claims);

  /// What a process said of its turns, having heard the home's message number `heard`.
  void on_report(sharer_id sharer, std::span<const sharer_turn> turns, std::uint64_t heard);

  /// The process has ended, or nothing that it was told holds any more.
  void forget(sharer_id sharer);

  /// Returns the turns that the process is to have; they are told in message number `sequence`.
  std::vector<lane_permit> told_to(sharer_id sharer, std::uint64_t sequence);

  /// Moves the processes for which something has changed to `out`.
  void take_changed(std::set<sharer_id>& out);

  /// Returns which process has a turn on a unit; none if nobody has. For tests and observers.
  [[nodiscard]] std::vector<sharer_id> on_unit(std::uint32_t unit) const;

 private:
  struct turn {
    sharer_id sharer;
    lane_permit permit;
    std::uint64_t told = 0;  ///< in which message first
    bool asked_back = false;
  };

  void follow(std::span<const lane_claim> claims);
  void ask_back(turn& one);
  void give(const lane_key& lane, turn_ring& ring);
  [[nodiscard]] const turn* turn_on(const lane_key& lane) const;
  [[nodiscard]] bool is_free(const lane_key& lane, sharer_id for_whom) const;
  [[nodiscard]] std::size_t wanting(const lane_key& lane) const;
  void end(std::map<fencing_token, turn>::iterator at, duration busy);

  std::uint32_t units_;
  fencing_token last_serial_;
  std::map<fencing_token, turn> turns_;  ///< by serial; those that are out
  std::map<lane_key, turn_ring> rings_;  ///< of processes
  std::map<lane_key, std::map<sharer_id, duration>> wanted_;
  std::set<sharer_id> changed_;
};

}  // namespace dunlin

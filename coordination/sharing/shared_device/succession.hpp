// SPDX-License-Identifier: Apache-2.0
// A new home asks every sharer what it holds before it decides anything. It waits for those that do not answer until
// nothing that they were told can hold any more: until then any part of the device that nobody else has may be theirs.
//
// Invariant: when it is open, each sharer has said what it holds, or holds nothing.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "coordination/sharing/shared_device/shared_messages.hpp"

namespace dunlin {

/// Something that goes on under a new home.
struct heirloom {
  sharer_id sharer;
  sharer_seat seat;
};

/// Thread: the owner's.
class DUNLIN_EXPORT succession {
 public:
  /// Waits for `sharers`, no longer than to `silent_until`, and as long as that for `strangers`: nobody knows whether
  /// there are any.
  succession(const std::vector<sharer_place>& sharers, bool strangers, time_point silent_until);

  /// The newest message of a sharer counts.
  void on_state(const sharer_state& said);

  /// It is gone for good, and so is all that it had.
  void forget(sharer_id sharer);

  [[nodiscard]] bool is_complete(time_point now) const noexcept {
    return (silent_.empty() && !strangers_) || now >= silent_until_;
  }
  [[nodiscard]] time_point deadline() const noexcept { return silent_until_; }
  [[nodiscard]] const std::set<sharer_id>& silent() const noexcept { return silent_; }

  /// Returns the leases that go on, in the order in which they were granted; then those in doubt, newest first: where
  /// two of them contradict each other, the older one was given up.
  [[nodiscard]] std::vector<heirloom> leases() const;
  [[nodiscard]] const std::map<sharer_id, sharer_state>& states() const noexcept { return states_; }

  /// Returns how the device was shared last; revision 0 if nobody knows.
  [[nodiscard]] sharing_mode mode() const;

 private:
  std::set<sharer_id> silent_;
  bool strangers_;
  time_point silent_until_;
  std::map<sharer_id, sharer_state> states_;
};

}  // namespace dunlin

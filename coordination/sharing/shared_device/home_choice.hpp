// SPDX-License-Identifier: Apache-2.0
// Whose process is a device's home: the leader's decision. A home stays as long as it answers. When it is silent or
// gone, the sharer that answers and has been there longest is next; the leader's own process only as long as there is
// no other, because with that one whoever could appoint a successor would be gone too. A former home stays a sharer
// until it is gone for good.
//
// Invariant: each home has a higher epoch than all before it.
#pragma once

#include <map>
#include <string>

#include "coordination/sharing/shared_device/shared_messages.hpp"

namespace dunlin {

/// Thread: the owner's.
class DUNLIN_EXPORT home_choice {
 public:
  /// Epochs go on after `last_epoch`.
  home_choice(std::string device, std::uint32_t last_epoch);

  // Each returns true if there is another appointment to be told.

  /// The process joins, or answers again.
  bool on_here(const std::string& node, incarnation life, bool leads);

  /// One that is known answers again.
  bool on_answers(incarnation life);

  /// It does not answer. It may come back.
  bool on_silent(incarnation life);

  /// It has ended, for certain.
  bool on_gone(incarnation life);

  /// There has been a home of this epoch, which another leader named: the next one comes after it, and there may be
  /// sharers of its that nobody has heard of.
  bool on_epoch(std::uint32_t seen);

  /// There may be sharers that nobody has heard of, or no longer.
  bool expect_strangers(bool may_be);

  /// As it is now; home 0 = nobody is there.
  [[nodiscard]] const device_appointment& appointment() const noexcept { return now_; }

 private:
  struct candidate {
    sharer_place place;
    bool leads = false;
    bool answers = true;
  };

  bool set_answers(incarnation life, bool answers);
  bool decide();
  [[nodiscard]] bool appoint(device_appointment&& next);
  [[nodiscard]] sharer_id next_home() const;

  std::map<sharer_id, candidate> sharers_;  ///< oldest first
  std::uint64_t last_sharer_ = 0;
  device_appointment now_;
};

}  // namespace dunlin

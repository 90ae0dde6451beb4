// SPDX-License-Identifier: Apache-2.0
// One holder's lease on shares of several devices at once: all of them or none. The shares are asked for one after the
// other in the order of the devices' numbers, so gangs never wait for each other in a circle. An attempt that is not
// complete in time gives back what it has and begins anew; what was waited already counts as priority, so that it does
// not begin at the end of the lines. After the last attempt the gang is refused.
//
// Invariants: the holder works only while every part is granted and none is parked; at most one part is waited for at
// a time; once it has ended, everything is given back. A gang is granted or refused within attempts × attempt, and none
// is paused for longer than `pause`.
//
// Source: Havender, "Avoiding deadlock in multitasking systems", IBM Systems Journal 1968 (ordered requests).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

/// What is wanted of one device.
struct gang_part {
  device_id device;
  share_wish wish = {};
};

struct gang_request {
  agent_id holder;
  std::vector<gang_part> parts;  ///< 1 to 64, of different devices, in any order
  std::uint8_t priority = 5;     ///< 1-10
};

struct gang_terms {
  duration attempt = 10s;      ///< after which an incomplete gang gives back what it has
  std::uint32_t attempts = 8;  ///< before it is refused
  duration aging_step = 10s;   ///< waiting this long weighs as much as one step of priority
  duration pause = 60s;        ///< the longest that parts may be parked: two gangs may park each other
};

/// Ask this device's coordinator for a share.
struct ask_part {
  agent_id holder;
  device_id device;
  share_wish wish;
  std::uint8_t priority = 5;
};

/// Give the share back; token 0 = give up waiting for it.
struct return_part {
  agent_id holder;
  device_id device;
  fencing_token token = 0;
};

/// The holder has every part from now on.
struct gang_granted {
  agent_id holder;
  std::vector<share_contract> contracts;  ///< by rising device
};

/// A part is parked: the holder stops before its next step, on every device.
struct gang_paused {
  agent_id holder;
  device_id device;
};

/// Every part is there again, under these contracts.
struct gang_resumed {
  agent_id holder;
  std::vector<share_contract> contracts;
};

/// The gang never came to be.
struct gang_refused {
  agent_id holder;
  error why;
};

/// The holder loses the gang while it has it: it stops, all other parts are given back.
struct gang_lost {
  agent_id holder;
  device_id device;  ///< whose part ended
  error why;
};

using gang_effect =
    std::variant<ask_part, return_part, gang_granted, gang_paused, gang_resumed, gang_refused, gang_lost>;
using gang_effects = std::vector<gang_effect>;

enum class gang_state : std::uint8_t {
  gathering,  ///< asks for one part after the other
  working,    ///< has all of them
  paused,     ///< has all of them, but some are parked
  ended,
};

/// Thread: the owner's.
class DUNLIN_EXPORT gang_lease {
 public:
  /// Asks for the first part. Errors: invalid_argument with the field as its path.
  static result<gang_lease> make(const gang_request& wanted, const gang_terms& terms, time_point now,
                                 gang_effects& out);

  /// A grant that nobody waits for any more is given back.
  void on_granted(const share_contract& contract, time_point now, gang_effects& out);

  /// The part goes on under this contract, perhaps after it was parked.
  void on_changed(const share_contract& contract, time_point now, gang_effects& out);
  void on_parked(device_id device, time_point now, gang_effects& out);

  /// The part was not granted. What no attempt can change (`infeasible`, `invalid_argument`, `conflict`, `not_found`,
  /// `device_lost`) ends the gang; what time can change is tried again.
  void on_refused(device_id device, const error& why, time_point now, gang_effects& out);

  /// The part's lease has ended, or ends soon. Whoever works loses the gang; whoever gathers tries again.
  void on_revoked(device_id device, const error& why, time_point now, gang_effects& out);

  /// The device is gone, and with it the gang.
  void on_device_lost(device_id device, const std::string& why, gang_effects& out);

  /// The holder has finished, or gives up.
  void release(gang_effects& out);

  /// Begins the next attempt if this one's time is over; ends a gang that is paused for too long.
  void tick(time_point now, gang_effects& out);
  [[nodiscard]] std::optional<time_point> next_deadline() const noexcept;

  [[nodiscard]] gang_state state() const noexcept { return state_; }
  [[nodiscard]] agent_id holder() const noexcept { return holder_; }
  [[nodiscard]] std::uint32_t attempt() const noexcept { return attempt_; }

  /// Returns the part that is waited for; none if the gang does not gather.
  [[nodiscard]] std::optional<device_id> waits_for() const noexcept;

  /// Returns what it has of its parts, in words: `has devices 0, 1 and waits for device 4 (attempt 2 of 8)`.
  [[nodiscard]] std::string in_words() const;

 private:
  enum class part_phase : std::uint8_t { idle, asked, held, parked };

  struct part {
    gang_part wanted;
    part_phase phase = part_phase::idle;
    share_contract contract = {};
  };

  gang_lease(const gang_request& wanted, const gang_terms& terms, time_point now);

  [[nodiscard]] part* find(device_id device) noexcept;
  [[nodiscard]] std::vector<share_contract> contracts() const;
  [[nodiscard]] std::uint8_t priority_at(time_point now) const noexcept;
  void begin_attempt(time_point now, gang_effects& out);
  void go_on(time_point now, gang_effects& out);
  void give_back(gang_effects& out);
  void try_again(const error& why, time_point now, gang_effects& out);
  void refuse(error why, gang_effects& out);
  void lose(device_id device, error why, gang_effects& out);

  agent_id holder_;
  std::uint8_t priority_;
  gang_terms terms_;
  std::vector<part> parts_;  ///< by rising device
  gang_state state_ = gang_state::gathering;
  std::uint32_t attempt_ = 0;
  time_point since_;
  time_point until_{};  ///< of this attempt, or of this pause
};

}  // namespace dunlin

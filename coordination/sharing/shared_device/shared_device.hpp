// SPDX-License-Identifier: Apache-2.0
// A device that this process and others work on, as this process has it: what its own agents want and have, and, while
// the leader has named this process the device's home, who of all holds what. What the two tell each other here needs
// no link; what other processes are to hear goes out as letters.
//
// A home is named by the leader only, in the answers to this process's heartbeats; each of them prolongs its right from
// when that heartbeat was sent. Who says to be a sharer or a home and is not named as such is not heard.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/shared_device/device_home.hpp"
#include "coordination/sharing/shared_device/device_sharer.hpp"

namespace dunlin {

struct shared_device_config {
  sharer_config here;
  incarnation own_life;  ///< of this process
  home_config home;      ///< should this process become it
};

/// A message to another process.
struct sharing_letter {
  std::string node;
  sharing_traffic message;
};

/// To be performed in this order. Appended to, never cleared by the decision object.
struct shared_effects {
  sharer_effects here;
  std::vector<sharing_letter> letters;
  void clear() { *this = {}; }
};

/// Thread: the owner's.
class DUNLIN_EXPORT shared_device {
 public:
  explicit shared_device(const shared_device_config& config) : config_(config), sharer_(config.here) {}

  /// What this process's agents ask for, give back, use and say. What follows from it comes with `advance`.
  [[nodiscard]] device_sharer& sharer() noexcept { return sharer_; }
  [[nodiscard]] const device_sharer& sharer() const noexcept { return sharer_; }

  /// The leader's answer to the heartbeat that was sent at `sent`. An older one than is known changes nothing.
  void on_notice(const home_notice& said, time_point sent, time_point now);

  /// From another process. Errors: not_holder (it is not what it says to be), and as `device_home::on_state` and
  /// `device_sharer::on_state`.
  result<void> hear(incarnation from, const sharing_traffic& message, time_point now, shared_effects& out);

  /// Does what is due, and says what there is to say.
  void advance(time_point now, shared_effects& out);

  /// None while the device has no home.
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// None while another process is the home.
  [[nodiscard]] std::optional<device_home>& home() noexcept { return home_; }
  [[nodiscard]] const std::optional<device_home>& home() const noexcept { return home_; }
  [[nodiscard]] const device_appointment& appointment() const noexcept { return known_; }

  /// Why the device is not shared as it was last ordered to be; empty if it is.
  [[nodiscard]] const std::string& refusal() const noexcept { return refusal_; }

 private:
  [[nodiscard]] const sharer_place* place_of(sharer_id sharer) const;
  [[nodiscard]] const sharer_place* own_place() const;
  void follow_order(const home_notice& said, time_point now);
  bool report(time_point now, shared_effects& out);
  bool tell(time_point now, shared_effects& out);

  shared_device_config config_;
  device_sharer sharer_;
  std::optional<device_home> home_;
  device_appointment known_;
  std::optional<share_options> refused_;  ///< the order that cannot be followed
  std::string refusal_;
  std::vector<told_sharer> told_;  ///< reused
};

}  // namespace dunlin

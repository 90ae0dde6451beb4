// SPDX-License-Identifier: Apache-2.0
// The leader's book of the devices that several nodes work on: for each of them whose process is its home, who shares
// it, and how an operator wants it to be shared.
//
// A node hears of its devices with the answer to each of its heartbeats, and a home has the right to decide no longer
// than that goes on. A node that was declared down may still work under what it was told: it stays a sharer for
// `silence`. So do, after a leader of an earlier term, nodes that this one has not heard of: until then the homes that
// it names expect strangers.
//
// Invariant: a home's epoch is higher than that of all homes before it, those of earlier leaders included.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "coordination/sharing/shared_device/home_choice.hpp"

namespace dunlin {

/// How long each part of a share of such a device may be silent: the same for all nodes.
struct shared_timing {
  static constexpr duration ttl = 5s;
  static constexpr duration grace = 2s;
  static constexpr duration silence = ttl + grace;  ///< after it nothing holds any more
};

/// Thread: the owner's.
class DUNLIN_EXPORT device_homes {
 public:
  /// Epochs go on after `last_epoch`. `others_led`: other leaders may have named homes before.
  device_homes(std::uint32_t last_epoch, bool others_led, duration silence = shared_timing::silence) noexcept
      : last_epoch_(last_epoch), others_led_(others_led), silence_(silence) {}

  /// A node works on these devices from now on, and on no others. It answers.
  void on_here(const std::string& node, incarnation life, bool leads, const std::vector<std::string>& devices,
               time_point now);

  /// It answers, or not; it may come back.
  void on_answers(incarnation life);
  void on_silent(incarnation life);

  /// It was declared down. `reaped`: its process has ended for certain.
  void on_down(incarnation life, bool reaped, time_point now);

  /// A node has heard of a home of this epoch.
  void on_epoch(const std::string& device, std::uint32_t seen, time_point now);

  /// An operator says how the device is to be shared. Nothing happens if nobody shares it.
  void coordinate(const std::string& device, const share_options& options);

  /// Forgets who cannot hold anything any more.
  void tick(time_point now);

  /// Returns what a node is to hear now.
  [[nodiscard]] std::vector<home_notice> notices_for(incarnation life) const;

  /// Null if nobody shares it.
  [[nodiscard]] const home_notice* find(const std::string& device) const;

 private:
  struct entry {
    home_choice choice;
    home_notice notice;
    std::map<incarnation, time_point> gone_at;       ///< of those declared down
    std::optional<time_point> strangers_until = {};  ///< none = there can be none
  };

  entry& device_of(const std::string& name, time_point now);
  void expect_strangers(entry& of, time_point now);
  template <class Change>
  void for_each_of(incarnation life, Change&& change);

  std::uint32_t last_epoch_;
  bool others_led_;
  duration silence_;
  std::optional<time_point> since_;  ///< the first node came
  std::map<std::string, entry> devices_;
  std::unordered_map<incarnation, std::vector<std::string>> shares_;  ///< by life
};

}  // namespace dunlin

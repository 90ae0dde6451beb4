// SPDX-License-Identifier: Apache-2.0
// Three agents on two devices that share one pattern at the start. Agents take devices in order, and give them back as
// they like.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/coordination/sharing/model/device_table.hpp"

namespace dunlin::model {

/// How far a history may go.
struct bounds {
  std::uint8_t disturbances = 2;  ///< deaths, revocations, switches, requests and steps that are given up
  std::uint8_t waits = 2;         ///< times that nobody does anything until something is due
};

struct swarm_state {
  std::array<device_number, device_count> devices{};
  bounds left;

  /// Two with the same number are the same: as long as a device has fewer than 2^28 states.
  [[nodiscard]] std::uint64_t number() const noexcept {
    return (std::uint64_t{devices[0]} << 28U | devices[1]) << 8U | left.disturbances << 4U | left.waits;
  }
};

/// One event at one device; at all of them, if an agent dies or time passes.
struct move {
  enum class kind : std::uint8_t { at_device, death, wait };
  kind what = kind::at_device;
  std::uint8_t device = 0;
  event happens;
};

class swarm_model {
 public:
  swarm_model(const setting& device, const bounds& limits, sabotage broken = sabotage::none)
      : device_(device), limits_(limits), broken_(broken), table_(device, broken) {}

  [[nodiscard]] swarm_state start() const { return {{table_.start(), table_.start()}, limits_}; }

  /// Appends all that can happen, and where it leads.
  void successors(const swarm_state& from, std::vector<std::pair<move, swarm_state>>& out);

  /// Returns what brings the swarm to rest if nobody asks for anything any more; none if it is at rest or stuck.
  [[nodiscard]] std::optional<std::pair<move, swarm_state>> next_towards_rest(const swarm_state& from);

  /// Returns what is wrong, in words; empty if nothing.
  [[nodiscard]] std::string wrong(const swarm_state& state) const;

  /// Returns who has not come to rest, in words.
  [[nodiscard]] std::string unrest(const swarm_state& state) const;

  /// Tells the moves from the start, with all that follows from each.
  [[nodiscard]] std::string story_of(const std::vector<move>& moves) const;

  [[nodiscard]] const device_table& table() const noexcept { return table_; }

 private:
  [[nodiscard]] bool may_ask(const swarm_state& from, std::size_t device, std::uint8_t agent) const;
  [[nodiscard]] swarm_state after_death(const swarm_state& from, std::uint8_t agent);
  [[nodiscard]] swarm_state after_waiting(const swarm_state& from, duration time);
  [[nodiscard]] std::optional<duration> due_in(const swarm_state& from) const;

  setting device_;
  bounds limits_;
  sabotage broken_;
  device_table table_;
};

}  // namespace dunlin::model

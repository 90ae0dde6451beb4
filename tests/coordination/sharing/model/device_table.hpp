// SPDX-License-Identifier: Apache-2.0
// Every state of a device that was met, once, and where each event leads from it. The devices of a swarm do not know of
// each other: what happens to one is computed by the real objects the first time and looked up from then on.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "tests/coordination/sharing/model/device_model.hpp"

namespace dunlin::model {

using device_number = std::uint32_t;

/// Where an event leads.
struct edge {
  event what;
  device_number to = 0;
};

class device_table {
 public:
  explicit device_table(const setting& device, sabotage broken = sabotage::none);

  [[nodiscard]] device_number start() const noexcept { return 0; }
  [[nodiscard]] const device_model& at(device_number number) const { return *devices_[number]; }
  [[nodiscard]] std::size_t size() const noexcept { return devices_.size(); }

  /// Returns all that can happen and lead to another state; `disturbing`: the rest of it. Valid until the next call.
  const std::vector<edge>& edges(device_number from, bool disturbing);

  /// Returns which state follows.
  device_number after(device_number from, const event& what);
  device_number after_waiting(device_number from, duration time);

  /// Returns how often two ways to one state were compared in all that can follow next.
  [[nodiscard]] std::uint64_t comparisons() const noexcept { return comparisons_; }

  /// Returns what two states with the same fingerprint did not do alike, in words; empty if nothing.
  [[nodiscard]] const std::string& differs() const noexcept { return differs_; }

 private:
  struct digest {
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    friend bool operator==(const digest&, const digest&) = default;
  };
  struct hash {
    std::size_t operator()(const digest& of) const noexcept { return of.low; }
  };

  static digest digest_of(const device_model& device);
  device_number number_of(std::unique_ptr<device_model> device);
  void compare(const device_model& one, const device_model& other);

  std::vector<std::unique_ptr<device_model>> devices_;
  std::unordered_map<digest, device_number, hash> numbers_;
  std::vector<std::array<std::optional<std::vector<edge>>, 2>> edges_;
  std::unordered_map<std::uint64_t, device_number> after_;
  std::unordered_map<digest, device_number, hash> after_waiting_;
  std::uint64_t met_again_ = 0;
  std::uint64_t comparisons_ = 0;
  std::string differs_;
};

}  // namespace dunlin::model

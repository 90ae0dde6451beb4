// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <string>
#include <utility>

#include "coordination/types.hpp"

namespace dunlin {

/// What somebody holds or waits for: a device, or a lock on a name.
struct wait_target {
  device_id device;
  std::string lock;  ///< not empty: the lock of this name, whatever `device` says

  static wait_target of(device_id device) { return {device, {}}; }
  static wait_target of(std::string lock) { return {{}, std::move(lock)}; }

  [[nodiscard]] std::string in_words() const {
    return lock.empty() ? "device " + std::to_string(device.value) : "lock " + lock;
  }
  friend auto operator<=>(const wait_target&, const wait_target&) = default;
};

}  // namespace dunlin

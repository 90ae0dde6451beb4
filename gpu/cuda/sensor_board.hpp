// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

#include "gpu/cuda/gpu_sensors.hpp"

namespace dunlin::cuda {

/// What a GPU's instruments said when they were looked at last: to look takes tens of milliseconds, to read nothing.
/// Thread: any.
class sensor_board {
 public:
  explicit sensor_board(gpu_sensors sensors) noexcept : sensors_(sensors) {}

  /// Returns whether somebody looks already; if not, the caller has to.
  [[nodiscard]] bool is_looked_at() noexcept { return looks_.exchange(true); }
  void look() {
    auto now = sensors_.read();
    const std::lock_guard lock{mutex_};
    seen_ = std::move(now);
  }
  void looked() noexcept { looks_ = false; }

  [[nodiscard]] std::vector<device_sensor> seen() const {
    const std::lock_guard lock{mutex_};
    return seen_;
  }

 private:
  const gpu_sensors sensors_;
  std::atomic<bool> looks_{false};
  mutable std::mutex mutex_;
  std::vector<device_sensor> seen_;
};

}  // namespace dunlin::cuda

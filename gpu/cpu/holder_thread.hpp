// SPDX-License-Identifier: Apache-2.0
// Private to the gate: on which cores a holder's thread is, and where it wakes.
#pragma once

#include <unistd.h>

#include <cstdint>
#include <utility>
#include <vector>

#include "gpu/cpu/pinning.hpp"

namespace dunlin {

/// Thread: its own while that is awake, then any under the gate's mutex.
class holder_thread {
 public:
  /// Whoever has the mutex may tie this thread to other cores until `wakes`.
  void sleeps() noexcept {
    static thread_local const pid_t me = gettid();
    asleep_ = me;
  }
  void wakes() noexcept { asleep_ = 0; }
  [[nodiscard]] bool is_asleep() const noexcept { return asleep_ != 0; }

  [[nodiscard]] const std::vector<std::uint32_t>& cores() const noexcept { return cores_; }
  void is_on(std::vector<std::uint32_t> cores) noexcept { cores_ = std::move(cores); }

  /// Ties this thread, which is the calling one, to `cores`, unless it is there.
  void go_to(const std::vector<std::uint32_t>& cores) {
    if (cores_ == cores) return;
    pin_this_thread(cores);
    cores_ = cores;
  }

  /// Has it wake on this core, if it is asleep.
  void tie_to(std::uint32_t core) {
    std::vector<std::uint32_t> one{core};
    if (asleep_ != 0 && cores_ != one && pin_thread(asleep_, one)) cores_ = std::move(one);
  }

 private:
  pid_t asleep_ = 0;
  std::vector<std::uint32_t> cores_;
};

}  // namespace dunlin

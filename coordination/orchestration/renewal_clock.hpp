// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>

#include "coordination/types.hpp"

namespace dunlin {

/// How long a node may trust its task leases. It counts from the *sending* time of the last answered renewal, because
/// the leader may have counted from then too; at 0.8 of the lease it must act on its own.
class DUNLIN_EXPORT renewal_clock {
 public:
  renewal_clock(duration lease, duration renew_every) noexcept : lease_(lease), renew_every_(renew_every) {}

  /// True if a renewal is due; the caller then calls `sent`.
  [[nodiscard]] bool due(time_point now) const noexcept { return now - last_sent_ >= renew_every_; }

  /// Numbers a renewal that leaves now.
  std::uint64_t sent(time_point now);

  void answered(std::uint64_t sequence);

  /// True if a lease that began at `granted` can no longer be trusted.
  [[nodiscard]] bool lapsed(time_point granted, time_point now) const noexcept;

 private:
  struct in_flight {
    std::uint64_t sequence;
    time_point at;
  };
  static constexpr std::size_t max_in_flight = 16;

  duration lease_;
  duration renew_every_;
  std::uint64_t sequence_ = 0;
  time_point last_sent_{};
  time_point last_answered_{};
  std::deque<in_flight> in_flight_;
};

}  // namespace dunlin

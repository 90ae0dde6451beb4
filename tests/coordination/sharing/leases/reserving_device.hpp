// SPDX-License-Identifier: Apache-2.0
// A device whose shares are reserved ahead of time.
#pragma once

#include <gtest/gtest.h>

#include "tests/coordination/sharing/leases/device_in_steps.hpp"

namespace dunlin {

/// A device of 4 units on which agent 7 reserves, and others come without steps unless it says so.
class Reservation : public testing::Test {
 protected:
  result<void> reserve(std::uint64_t agent, duration from, duration until, const share_wish& wish = {},
                       time_point now = t0) {
    some.out.clear();
    return some.shares.reserve({{agent}, wish, t0 + from, t0 + until, 5s}, now, some.out);
  }

  /// It runs to its end, for so long: 0 = it does not say.
  void run(std::uint64_t agent, duration hold, time_point now, std::uint32_t compute_milli = 1'000) {
    ASSERT_TRUE(some.ask(whole(agent, hold, compute_milli), now));
  }
  static share_request whole(std::uint64_t agent, duration hold, std::uint32_t compute_milli = 1'000) {
    share_request asked{{agent}, {agent}, {.compute_milli = compute_milli, .hold = hold}};
    asked.preemptible = false;
    return asked;
  }
  [[nodiscard]] std::uint32_t units_of(std::uint64_t agent) const {
    return some.contract_of(agent).granted.compute_units;
  }

  device_in_steps some;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "coordination/sharing/shared_device/device_sharer.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};
inline constexpr agent_id x{3};

/// A sharer with an agent that has asked, and what its home tells it.
struct sharer_story : testing::Test {
  device_sharer sharer{{"cpu", {0}, 10s}};
  home_state told;
  sharer_effects out;
  time_point now = t0;

  sharer_story() {
    share_request asked;
    asked.request = {77};
    asked.holder = x;
    EXPECT_TRUE(sharer.ask(asked, now));
    told.sharer = {1};
    told.epoch = 5;
    told.tenure = 10s;
  }

  /// The sharer says what is due; the home hears it.
  void reports() {
    if (const auto said = sharer.take_state(now)) told.heard = said->sequence;
  }
  result<void> hears() {
    out.clear();
    ++told.sequence;
    return sharer.on_state(told, now, out);
  }
  void is_granted(fencing_token token) {
    reports();
    home_seat seat;
    seat.request = {1};
    seat.agent = x;
    seat.state = seat_state::holding;
    seat.token = token;
    seat.granted.compute_units = 4;
    told.seats = {seat};
    ASSERT_TRUE(hears());
  }
  template <class Effect>
  [[nodiscard]] const Effect* only() const {
    return out.leases.size() == 1 ? std::get_if<Effect>(&out.leases.front()) : nullptr;
  }
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "coordination/sharing/shared_device/device_home.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};
inline constexpr sharer_id a{1};
inline constexpr sharer_id b{2};

inline device_appointment appointed(std::uint32_t epoch, std::uint64_t revision, std::vector<sharer_id> sharers) {
  device_appointment out;
  out.epoch = epoch;
  out.revision = revision;
  out.home = sharers.front();
  for (const auto one : sharers) out.sharers.push_back({one, "n" + std::to_string(one.value), {one.value}});
  return out;
}

inline home_config small_device() {
  home_config out;
  out.device.capacity = {device_id{0}, 4, 1'000};
  out.shared.ttl = 10s;
  out.shared.grace = 1s;
  return out;
}

inline sharer_seat wish(std::uint64_t agent, std::uint64_t bytes = 0) {
  sharer_seat out;
  out.request = {agent};
  out.agent = {agent};
  out.wish.memory_bytes = bytes;
  out.in_steps = true;
  out.at_work = true;
  return out;
}

/// A home and what its two sharers say to it.
struct home_story : testing::Test {
  device_home home{small_device(), appointed(5, 1, {a, b}), t0};
  std::map<sharer_id, sharer_state> states;
  std::map<sharer_id, home_state> heard;

  home_story() {
    for (const auto one : {a, b}) {
      states[one].sharer = one;
      states[one].epoch = 5;
    }
    home.prolong(t0 + 10s);
  }

  /// The sharer says what it wants and has; returns what the home makes of it.
  result<void> says(sharer_id who, time_point at = t0) {
    auto& state = states[who];
    ++state.sequence;
    state.heard = heard[who].sequence;
    auto taken = home.on_state(state, at);
    hear(at);
    return taken;
  }
  void hear(time_point at) {
    std::vector<told_sharer> told;
    home.take_told(at, told);
    for (auto& one : told) heard[one.to] = std::move(one.state);
  }
  void open() {
    says(a);
    says(b);
    ASSERT_TRUE(home.is_open());
  }
  [[nodiscard]] const home_seat& seat(sharer_id who, std::size_t at = 0) { return heard[who].seats.at(at); }
};

}  // namespace dunlin

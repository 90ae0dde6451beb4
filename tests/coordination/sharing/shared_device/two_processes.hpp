// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coordination/sharing/shared_device/shared_device.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};
inline constexpr incarnation first_life{11};
inline constexpr incarnation second_life{12};

inline shared_device_config config_of(incarnation life) {
  shared_device_config out;
  out.here = {"cpu@host", {0}, 10s};
  out.own_life = life;
  out.home.device.capacity = {device_id{0}, 2, 1'000};
  out.home.shared.ttl = 10s;
  out.home.shared.grace = 1s;
  return out;
}

inline home_notice notice(std::uint32_t epoch, std::uint64_t home, std::uint64_t revision = 1) {
  home_notice out;
  out.appointed.device = "cpu@host";
  out.appointed.epoch = epoch;
  out.appointed.revision = revision;
  out.appointed.home = {home};
  out.appointed.sharers = {{{1}, "one", first_life}, {{2}, "two", second_life}};
  return out;
}

inline share_request wish(std::uint64_t agent) {
  share_request out;
  out.request = {agent};
  out.holder = {agent};
  out.in_steps = true;
  return out;
}

/// Two processes whose letters arrive at once, unless they are kept.
struct two_processes : testing::Test {
  shared_device one{config_of(first_life)};
  shared_device two{config_of(second_life)};
  sharing_effects at_one;
  sharing_effects at_two;
  std::vector<fencing_token> closed_at_two;
  bool is_cut = false;

  void hear(const home_notice& said, time_point at = t0) {
    one.on_notice(said, at, at);
    two.on_notice(said, at, at);
    settle(at);
  }
  void settle(time_point at = t0) {
    for (int i = 0; i < 10; ++i) {
      step(one, first_life, two, at, at_one);
      step(two, second_life, one, at, at_two);
    }
  }
  void step(shared_device& from, incarnation life, shared_device& to, time_point at, sharing_effects& seen) {
    shared_effects out;
    from.advance(at, out);
    note(out, seen, &from == &two);
    if (is_cut) return;
    for (const auto& letter : out.letters) {
      EXPECT_EQ(letter.node, &to == &one ? "one" : "two");
      shared_effects answer;
      EXPECT_TRUE(to.hear(life, letter.message, at, answer));
      note(answer, &to == &one ? at_one : at_two, &to == &two);
    }
  }
  void note(const shared_effects& out, sharing_effects& seen, bool is_two) {
    seen.insert(seen.end(), out.here.leases.begin(), out.here.leases.end());
    if (is_two) closed_at_two.insert(closed_at_two.end(), out.here.closed.begin(), out.here.closed.end());
  }
  template <class Effect>
  static std::vector<Effect> of(const sharing_effects& seen) {
    std::vector<Effect> out;
    for (const auto& one : seen)
      if (const auto* it = std::get_if<Effect>(&one)) out.push_back(*it);
    return out;
  }
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// An arbiter goes on where another one stopped.
#include <gtest/gtest.h>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"

namespace dunlin {
namespace {

constexpr time_point t0{1'000s};

share_request held_by(std::uint64_t agent, std::uint32_t milli, std::uint64_t bytes = 0) {
  share_request out;
  out.request = {agent};
  out.holder = {agent};
  out.wish.compute_milli = milli;
  out.wish.memory_bytes = bytes;
  out.in_steps = true;
  return out;
}

struct ArbiterAdopt : testing::Test {
  arbiter_config config{{device_id{0}, 4, 1'000}, {}, 10};
  arbiter device{config, space_partitioned::make(config.capacity, {}).value()};
  sharing_effects out;
};

TEST_F(ArbiterAdopt, AHolderGoesOnUnderATokenAboveAll) {
  ASSERT_TRUE(device.adopt(held_by(1, 500), 70, t0, out));

  ASSERT_EQ(out.size(), 1U);
  const auto& changed = std::get<share_changed>(out.front());
  EXPECT_EQ(changed.before, 70U);
  EXPECT_GT(changed.contract.token, 70U);
  EXPECT_EQ(changed.contract.granted.compute_units, 2U);
  EXPECT_EQ(device.conservation(t0), "");
}

TEST_F(ArbiterAdopt, WhatIsAdoptedIsNotGrantedAgain) {
  ASSERT_TRUE(device.adopt(held_by(1, 750, 900), 70, t0, out));
  out.clear();

  ASSERT_TRUE(device.request(held_by(2, 500), t0, out));
  EXPECT_TRUE(out.empty()) << "units";
  ASSERT_TRUE(device.request(held_by(3, 250, 200), t0, out));
  EXPECT_TRUE(out.empty()) << "bytes";
}

TEST_F(ArbiterAdopt, OneThatDoesNotFitStandsUntilItDoes) {
  arbiter alone{config, std::make_unique<exclusive>(config.capacity)};
  ASSERT_TRUE(alone.adopt(held_by(1, 500, 300), 70, t0, out));
  ASSERT_TRUE(alone.adopt(held_by(2, 500, 300), 71, t0, out));
  EXPECT_EQ(std::get<share_parked>(out.back()).holder, agent_id{2});
  out.clear();

  alone.holder_lost({1}, t0, out);

  const auto& goes_on = std::get<share_changed>(out.back());
  EXPECT_EQ(goes_on.contract.holder, agent_id{2});
  EXPECT_GT(goes_on.contract.token, 71U);
}

TEST_F(ArbiterAdopt, ABadLeaseChangesNothing) {
  ASSERT_TRUE(device.adopt(held_by(1, 250, 900), 70, t0, out));

  EXPECT_EQ(device.adopt(held_by(1, 250), 70, t0, out).error().code, errc::conflict);
  EXPECT_EQ(device.adopt(held_by(2, 250, 200), 70, t0, out).error().code, errc::quota_exceeded);
  EXPECT_EQ(device.adopt(held_by(3, 0), 70, t0, out).error().code, errc::invalid_argument);
  EXPECT_EQ(device.contracts().size(), 1U);
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/step_lanes.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <set>

namespace dunlin {
namespace {

device_step step(std::uint64_t queue, fencing_token token = 0) { return {queue, token, nullptr, nullptr}; }

errc push(step_lanes& lanes, std::uint64_t queue, fencing_token token = 0) {
  auto s = step(queue, token);
  const auto taken = lanes.push(s);
  return taken ? errc::none : taken.error().code;
}

TEST(StepLanes, HoldsASecondStepBackUntilTheFirstIsReleased) {
  step_lanes lanes{8};
  device_step out;
  push(lanes, 1);
  push(lanes, 1);

  EXPECT_TRUE(lanes.pop(out));
  EXPECT_FALSE(lanes.pop(out));
  lanes.release(1);
  EXPECT_TRUE(lanes.pop(out));
}

TEST(StepLanes, LeavesARefusedStepToItsOwner) {
  step_lanes lanes{1};
  push(lanes, 1);
  auto s = step(1);
  s.run = [] { return result<void>{}; };

  EXPECT_FALSE(lanes.push(s));
  EXPECT_TRUE(s.run);
}

TEST(StepLanes, RefusesAnOldTokenOfAQueueItHasForgotten) {
  step_lanes lanes{1000, 4};
  device_step out;
  for (std::uint64_t queue = 1; queue <= 10; ++queue) {
    ASSERT_EQ(push(lanes, queue, 100 + queue), errc::none);
    ASSERT_TRUE(lanes.pop(out));
    lanes.release(queue);
  }

  EXPECT_EQ(push(lanes, 1, 50), errc::fenced_off);
  EXPECT_EQ(push(lanes, 1, 200), errc::none);
}

TEST(StepLanes, NeverForgetsAClosedQueue) {
  step_lanes lanes{1000, 4};
  lanes.fence(1, step_lanes::closed);
  device_step out;
  for (std::uint64_t queue = 2; queue <= 40; ++queue) {
    push(lanes, queue, 1);
    if (lanes.pop(out)) lanes.release(out.queue);
  }

  EXPECT_EQ(push(lanes, 1, 0), errc::fenced_off);
  EXPECT_EQ(push(lanes, 50, 0), errc::none);
}

// A random history against the simplest thing that could be right: arrival order per queue, one out at a time.
RC_GTEST_PROP(StepLanes, KeepsOrderAndOneStepPerQueueInAnyHistory, ()) {
  step_lanes lanes{16};
  std::map<std::uint64_t, std::deque<fencing_token>> expected;
  std::set<std::uint64_t> out_now;
  fencing_token next = 0;
  const auto moves = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
  for (const auto move : moves) {
    const std::uint64_t queue = move % 4 + 1;
    if (move % 3 == 0) {
      if (push(lanes, queue, ++next) == errc::none) expected[queue].push_back(next);
    } else if (move % 3 == 1) {
      device_step s;
      if (!lanes.pop(s)) continue;
      RC_ASSERT(out_now.insert(s.queue).second);
      RC_ASSERT(s.token == expected[s.queue].front());
      expected[s.queue].pop_front();
    } else if (out_now.erase(queue) > 0) {
      lanes.release(queue);
    }
    std::size_t waiting = 0;
    for (const auto& [q, tokens] : expected) waiting += tokens.size();
    RC_ASSERT(lanes.waiting() == waiting);
    RC_ASSERT(waiting <= 16U);
  }
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Random gangs and single requests on several devices, under every pattern: nothing stands still for ever, nobody works
// with a part of its gang, and whatever can be granted is, in bounded time.
#include "tests/coordination/sharing/gang/gang_sim.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "tests/coordination/sharing/leases/arbiter_history.hpp"

namespace dunlin::sim {
namespace {

constexpr int histories_per_case = 100;  // rapidcheck runs 100 cases: 10 000 histories
constexpr std::size_t devices = 3;
constexpr duration longest_work = 50ms;
constexpr std::size_t most_holders = 8;
constexpr gang_terms tight{60ms, 8, 100ms, 300ms};  // all the work there can be takes less than all attempts

/// One number per holder, from which everything about it is read. Shrinks to fewer and simpler ones.
using words = std::vector<std::uint32_t>;

words random_words() {
  auto out = *rc::gen::resize(40, rc::gen::container<words>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
  if (out.size() > most_holders) out.resize(most_holders);
  return out;
}

gang_plan plan_of(std::uint32_t word) {
  gang_plan out;
  for (std::size_t device = 0; device < devices; ++device)
    if ((word >> device & 1) != 0 || (device == 2 && out.parts.empty())) {
      auto& part = out.parts.emplace_back(gang_part{{device}});
      part.wish.compute_milli =
          choose<std::uint32_t>(word >> (4 + 2 * device), std::array<std::uint32_t, 3>{1'000, 500, 250});
      part.wish.memory_bytes = choose<std::uint64_t>(word >> (10 + device), std::array<std::uint64_t, 2>{0, 400});
    }
  if (word % 7 < 3) std::ranges::reverse(out.parts);  // the order in which they are named does not count
  out.priority = static_cast<std::uint8_t>(1 + (word >> 14) % 10);
  out.after = 1ms * (word >> 18) % 40;
  out.work = 1ms + 1ms * ((word >> 24) % 50);
  return out;
}

struct total {
  duration work{0};
  duration last_arrival{0};
};

total add_all(gang_sim& sim, const words& holders) {
  total out;
  for (const auto word : holders) {
    const auto plan = plan_of(word);
    sim.add(plan);
    out.work += plan.work;
    out.last_arrival = std::max(out.last_arrival, plan.after);
  }
  return out;
}

void everybody_is_served(const std::vector<sharing_pattern>& shared, duration delay) {
  for (int i = 0; i < histories_per_case; ++i) {
    gang_sim sim{{shared, delay, tight, true}};
    const auto holders = random_words();
    const auto all = add_all(sim, holders);

    const auto took = sim.run();

    RC_ASSERT(sim.wrong() == "");
    for (const auto& [holder, seen] : sim.holders()) {
      RC_ASSERT(seen.refused == "");
      RC_ASSERT(seen.finished);
    }
    // Somebody works at any time, but for the messages of each holder's attempts and parts.
    const auto messages = static_cast<duration::rep>(holders.size() * tight.attempts * (devices + 1) * 4);
    RC_ASSERT(took <= all.last_arrival + all.work + delay * messages);
  }
}

RC_GTEST_PROP(GangSim, ExclusiveDevicesServeEveryGang, ()) {
  everybody_is_served({3, sharing_pattern::exclusive}, 0ms);
}
RC_GTEST_PROP(GangSim, TimeSlicedDevicesServeEveryGang, ()) {
  everybody_is_served({3, sharing_pattern::time_sliced}, 0ms);
}
RC_GTEST_PROP(GangSim, PartitionedDevicesServeEveryGang, ()) {
  everybody_is_served({3, sharing_pattern::space_partitioned}, 0ms);
}
RC_GTEST_PROP(GangSim, PipelinesServeEveryGang, ()) { everybody_is_served({3, sharing_pattern::pipeline}, 0ms); }
RC_GTEST_PROP(GangSim, CollaborativeDevicesServeEveryGang, ()) {
  everybody_is_served({3, sharing_pattern::collaborative}, 0ms);
}
RC_GTEST_PROP(GangSim, SlowMessagesDoNotHurt, ()) {
  everybody_is_served({sharing_pattern::exclusive, sharing_pattern::time_sliced, sharing_pattern::space_partitioned},
                      1ms);
}

/// Devices that are switched park parts of gangs, perhaps of each other; then some are lost, but nobody waits for ever
/// and nobody works with a part.
RC_GTEST_PROP(GangSim, SwitchesAndLostDevicesNeverLeavePartsAtWork, ()) {
  for (int i = 0; i < histories_per_case; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const auto delay = choose<duration>(number / 5, std::array<duration, 2>{0ms, 1ms});
    gang_sim sim{{{3, choose(number, patterns)}, delay, tight, false}};
    const auto all = add_all(sim, random_words());
    for (const auto word : random_words())
      sim.switch_at(1ms * (word % 100), word >> 8 & 1, choose(word >> 10, patterns));
    const bool loses = *rc::gen::inRange(0, 2) == 1;
    if (loses) sim.lose_at(30ms, 2);

    const auto took = sim.run();

    RC_ASSERT(sim.wrong() == "");
    for (const auto& [holder, seen] : sim.holders()) RC_ASSERT(seen.finished || seen.lost || !seen.refused.empty());
    RC_ASSERT(took <=
              all.last_arrival + 100ms + most_holders * (longest_work + tight.pause + tight.attempts * tight.attempt));
  }
}

}  // namespace
}  // namespace dunlin::sim

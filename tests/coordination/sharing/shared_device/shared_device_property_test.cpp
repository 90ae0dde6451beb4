// SPDX-License-Identifier: Apache-2.0
// Random histories of a device that three processes share, under each pattern and across them: whatever ends, stops,
// comes back or gets lost, nothing is granted twice, and in the end everybody is served.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "tests/coordination/sharing/shared_device/shared_world.hpp"

namespace dunlin::sim {
namespace {

/// A random number per step, from which everything about the step is read. Shrinks to shorter ones.
using history = std::vector<std::uint32_t>;

constexpr int histories_per_case = 20;  // rapidcheck runs 100 cases: 2 000 histories of each pattern, 12 000 in all
constexpr std::size_t most_processes = 6;
constexpr std::array<std::uint32_t, 4> milli{250, 250, 500, 1'000};
constexpr std::array<std::uint64_t, 4> memory{0, 100, 300, 600};
constexpr std::array<sharing_pattern, 5> patterns{sharing_pattern::exclusive, sharing_pattern::time_sliced,
                                                  sharing_pattern::space_partitioned, sharing_pattern::pipeline,
                                                  sharing_pattern::collaborative};

class story {
 public:
  story(const world_options& options, sharing_pattern pattern) : world_(options) {
    for (int i = 0; i < 3; ++i) world_.start();
    share_by(pattern);
    world_.run_for(60ms);
  }

  void step(std::uint32_t word, bool switching) {
    const auto living = world_.living();
    const auto who = living[(word >> 8U) % living.size()];
    const auto what = word % 16;
    if (what < 7) add(who, word);
    if (what == 7) (word >> 16U) % 2 == 0 ? add(who, word) : world_.restart_leader();
    if (what == 8 && living.size() > 1) world_.kill(who);
    if (what == 9 && world_.processes() < most_processes) world_.start();
    if (what == 10) world_.pause(who);
    if (what >= 11 && what <= 12 && world_.is_paused(who)) world_.resume(who);
    if (what == 13) world_.lose((word >> 16U) % 4 * 100);
    if (what == 15) world_.cut_off(who, !world_.is_cut_off(who));
    if (what == 14 && switching) share_by(patterns[(word >> 16U) % patterns.size()]);
    world_.run_for((1 + (word >> 12U) % 12) * 5ms);
  }

  /// From here on nothing fails any more.
  void calm_down() {
    world_.lose(0);
    for (const auto who : world_.living()) {
      world_.cut_off(who, false);
      if (world_.is_paused(who)) world_.resume(who);
    }
    for (int i = 0; i < 200 && !world_.is_idle(); ++i) world_.run_for(50ms);
  }

  [[nodiscard]] const shared_world& world() const noexcept { return world_; }

 private:
  void share_by(sharing_pattern pattern) {
    share_options options;
    options.pattern = pattern;
    world_.coordinate(options);
  }

  void add(std::uint64_t who, std::uint32_t word) {
    if (world_.is_paused(who)) return;
    world_job job;
    job.wish.compute_milli = milli[(word >> 4U) % 4];
    job.wish.most_milli = (word >> 6U) % 2 == 0 ? 0 : 1'000;
    job.wish.memory_bytes = memory[(word >> 16U) % 4];
    job.wish.weight = 50 + (word >> 18U) % 4 * 50;
    job.priority = static_cast<std::uint8_t>(1 + (word >> 20U) % 10);
    job.steps = 1 + (word >> 22U) % 12;
    job.step = (1 + (word >> 26U) % 8) * 1ms;
    job.think = (word >> 29U) % 3 == 0 ? 7ms : 0ms;
    world_.add(who, job);
  }

  shared_world world_;
};

void run_histories(sharing_pattern pattern, bool switching) {
  for (int i = 0; i < histories_per_case; ++i) {
    const auto word_of_any_size = rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, ~0U));
    const auto words = *rc::gen::resize(30, rc::gen::container<history>(word_of_any_size));
    world_options options{.seed = *word_of_any_size};
    const bool takes_leases_back = i % 2 == 1;
    if (takes_leases_back) options.max_hold = 500ms, options.preemptible = true;
    story some{options, pattern};
    for (const auto word : words) some.step(word, switching);

    some.calm_down();

    RC_ASSERT(some.world().broken() == "");
    RC_ASSERT(some.world().is_idle());
    if (!takes_leases_back) RC_ASSERT(some.world().first_failure() == "");
  }
}

RC_GTEST_PROP(SharedDeviceProperty, ExclusiveIsGrantedToOneAtATimeAcrossSuccessions, ()) {
  run_histories(sharing_pattern::exclusive, false);
}

RC_GTEST_PROP(SharedDeviceProperty, TimeSlicedHasOneTurnAtATimeAcrossSuccessions, ()) {
  run_histories(sharing_pattern::time_sliced, false);
}

RC_GTEST_PROP(SharedDeviceProperty, SpacePartitionedGrantsNoUnitTwiceAcrossSuccessions, ()) {
  run_histories(sharing_pattern::space_partitioned, false);
}

RC_GTEST_PROP(SharedDeviceProperty, PipelineGrantsNoUnitTwiceAcrossSuccessions, ()) {
  run_histories(sharing_pattern::pipeline, false);
}

RC_GTEST_PROP(SharedDeviceProperty, CollaborativeGrantsNoUnitTwiceAcrossSuccessions, ()) {
  run_histories(sharing_pattern::collaborative, false);
}

RC_GTEST_PROP(SharedDeviceProperty, APatternIsExchangedAcrossSuccessions, ()) {
  run_histories(sharing_pattern::exclusive, true);
}

}  // namespace
}  // namespace dunlin::sim

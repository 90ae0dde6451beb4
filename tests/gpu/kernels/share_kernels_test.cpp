// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernels/share_kernels.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "gpu/cpu/helper_time.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/kernels/core_team.hpp"

namespace dunlin {
namespace {

TEST(ShareKernels, WorkOnTheCallingThreadAloneWithoutAShare) {
  share_kernels kernels;
  const float x[3] = {1, 2, 3};
  float out = 0;

  ASSERT_TRUE(kernels.here(0).run(sum_call{3, x, &out}));

  EXPECT_EQ(out, 6);
}

TEST(ShareKernels, AreMadeAnewOnlyWhenTheCoresChange) {
  share_kernels kernels;
  auto* first = &kernels.here(1);
  EXPECT_EQ(&kernels.here(1), first);

  const float x[1] = {1};
  float out = 0;
  EXPECT_TRUE(kernels.here(64).run(sum_call{1, x, &out}));
}

/// Until this thread has used so much of a processor.
void work_for(std::uint64_t busy_ns) {
  const auto until = thread_busy_ns() + busy_ns;
  while (thread_busy_ns() < until) {
  }
}

TEST(HelperTime, IsPartOfWhatAStepUsed) {
  core_team team{{0, 0, 0}};
  const auto before = thread_busy_ns();

  team.run([](team_part) { work_for(2'000'000); });

  EXPECT_GE(thread_busy_ns() - before, 6'000'000U);
}

TEST(HelperTime, IsChargedOnceAndToTheThreadThatTheyWorkedFor) {
  core_team team{{0, 0}};
  team.run([](team_part) { work_for(2'000'000); });
  const auto after = thread_busy_ns();

  team.run([](team_part) {});

  EXPECT_LT(thread_busy_ns() - after, 2'000'000U);
  std::uint64_t of_another = 0;
  std::thread{[&] { of_another = thread_busy_ns(); }}.join();
  EXPECT_LT(of_another, 2'000'000U);
}

}  // namespace
}  // namespace dunlin

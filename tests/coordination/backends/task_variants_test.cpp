// SPDX-License-Identifier: Apache-2.0
// Tasks with several variants for one backend.
#include "tests/coordination/backends/gpu_tasks.hpp"

namespace dunlin {
namespace {

using ::testing::HasSubstr;

TEST(TaskVariants, OfSeveralVariantsForOneBackendTheGrantedOneCounts) {
  task_backends backends{node_with(1)};
  auto shape = either();
  shape.variants.push_back({0, 0, 500, GiB});

  EXPECT_EQ(pick(backends, {shape, 0, 100}).variant, 0);
  EXPECT_EQ(pick(backends, {shape, 2, 100}).variant, 2);
  EXPECT_EQ(pick(backends, {shape, 1, 100}).variant, 0) << "what was granted runs elsewhere";
}

/// Four cores or two.
task_shape more_or_less_cores() {
  auto shape = either();
  shape.needs = {4'000, 0, 0, 0};
  shape.variants = {{2'000, 0, 0, 0}};
  return shape;
}

TEST(TaskVariants, OfSeveralVariantsForOneBackendTheFasterOneRuns) {
  task_backends backends{node_with(0)};
  const auto shape = more_or_less_cores();
  for (int i = 0; i < 6; ++i) {
    const auto tried = pick(backends, {shape, 0, 100});
    backends.on_done(tried, tried.variant == 0 ? 9ms : 4ms);
  }

  const auto chosen = pick(backends, {shape, 0, 100});

  EXPECT_EQ(chosen.name, "simd");
  EXPECT_EQ(chosen.variant, 1);
  EXPECT_THAT(chosen.because, HasSubstr("simd with 4000 cpu milli: 9000 us"));
}

TEST(TaskVariants, TheVariantThatFitsRunsWhereAnotherOfItsBackendDoesNot) {
  task_backends backends{{{"cpu", 2, 16 * GiB}}};
  const auto shape = more_or_less_cores();

  const auto chosen = pick(backends, {shape, 0, 100});

  EXPECT_EQ(chosen.variant, 1);
  EXPECT_THAT(chosen.because, HasSubstr("simd with 4000 cpu milli: needs 4000 cpu milli, has 2000"));
}

TEST(TaskVariants, NoMoreCoresAreTakenThanTheLeaderKeeps) {
  task_backends backends{node_with(1)};
  const auto shape = more_or_less_cores();

  const auto chosen = pick(backends, {shape, 1, 100});

  EXPECT_EQ(chosen.variant, 1);
  EXPECT_THAT(chosen.because, HasSubstr("simd with 4000 cpu milli: needs 4000 cpu milli, 2000 are kept for it"));
  EXPECT_EQ(pick(backends, {either(), 0, 100, {{"cuda:1", 0, error{errc::not_supported}}}}).name, "simd")
      << "the leader keeps a GPU";
}

TEST(TaskVariants, WhatIsSaidOfManyVariantsFitsAMessage) {
  task_backends backends{node_with(9)};
  auto shape = either();
  for (std::uint32_t milli = 1; milli <= 10; ++milli) shape.variants.push_back({0, 0, milli, GiB});

  EXPECT_LE(pick(backends, {shape, 0, 100}).because.size(), 2'000U);
}

TEST(TaskVariants, WhatWantedTooMuchOfABackendMayRunThereByAnotherVariant) {
  task_backends backends{node_with(1)};
  auto shape = either();
  shape.variants = {{0, 0, 500, GiB}, {0, 0, 250, GiB}};
  std::vector<backend_failure> failed{{"cuda:1", 0, error{errc::quota_exceeded}}};

  EXPECT_EQ(pick(backends, {shape, 0, 100, failed}).variant, 1);
  failed.push_back({"cuda:1", 1, error{errc::quota_exceeded}});
  EXPECT_FALSE(backends.choose({shape, 0, 100, failed}, t0)) << "an attempt tries a backend twice";
}

TEST(TaskVariants, WhatABackendCannotDoItCannotDoByAnotherVariant) {
  task_backends backends{node_with(1)};
  auto shape = either();
  shape.variants = {{0, 0, 500, GiB}};

  EXPECT_FALSE(backends.choose({shape, 0, 100, {{"cuda:1", 0, error{errc::not_supported}}}}, t0));
}

}  // namespace
}  // namespace dunlin

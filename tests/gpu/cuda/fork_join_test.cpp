// SPDX-License-Identifier: Apache-2.0
// What a holder does side by side: in streams that do not wait for each other, behind what was before, before what
// comes after.
#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>

#include "gpu/cuda/holder_work.hpp"
#include "gpu/cuda/work_meter.hpp"
#include "tests/gpu/cuda/holder_rig.hpp"

namespace dunlin::testing {
namespace {

using ::testing::Pair;
using works = std::vector<std::function<result<void>()>>;

struct ForkJoin : HolderWork {
  ForkJoin() { grant(ann); }

  /// Has whatever stream work goes to stand still until `word` is 1.
  result<void> stand_still() {
    const auto on = static_cast<CUstream>(work->native_stream());
    EXPECT_EQ(gpu.driver().wait_for_value(on, reinterpret_cast<CUdeviceptr>(&word), 1, 0), CUDA_SUCCESS);
    return {};
  }
  result<void> scale(float& x, float factor) { return work->kernels().run(scale_call{1, factor, &x, &x}); }
  void go_on() { std::atomic_ref<std::uint32_t>{word}.store(1); }

  std::uint32_t word = 0;
  std::shared_ptr<device_work> work = open(ann);
  std::unique_ptr<share_session> step;
};

TEST_F(ForkJoin, AWorkThatStandsStillHoldsUpNoOther) {
  step = enter(ann);
  float x = 1;

  ASSERT_TRUE(work->fork_join(works{[&] { return stand_still(); },
                                    [&]() -> result<void> {
                                      if (auto put = scale(x, 3); !put) return put;
                                      return work->finish();
                                    }}));

  EXPECT_EQ(x, 3) << "while the first stood still";
  go_on();
  EXPECT_TRUE(work->finish());
}

TEST_F(ForkJoin, WhatIsPutLaterIsBehindAllAndTheWorksBehindWhatWasBefore) {
  step = enter(ann);
  float x = 1;
  float y = 1;
  ASSERT_TRUE(stand_still());
  ASSERT_TRUE(scale(x, 2));
  ASSERT_TRUE(work->fork_join(works{[&] { return scale(x, 5); }, [&] { return scale(y, 7); }}));
  ASSERT_TRUE(work->kernels().run(add_call{1, &x, &y, &x}));
  EXPECT_THAT(gpu.kernels_run(), ::testing::IsEmpty());

  go_on();
  ASSERT_TRUE(work->finish());

  EXPECT_EQ(x, 2 * 5 + 7);
}

TEST_F(ForkJoin, MoreWorksThanStreamsTakeTurns) {
  step = enter(ann);
  std::vector<float> x(30, 1);
  works all;
  while (all.size() < x.size()) all.emplace_back([this, &one = x[all.size()]] { return scale(one, 2); });
  const auto before = gpu.counts().streams;

  ASSERT_TRUE(work->fork_join(all));
  ASSERT_TRUE(work->fork_join(all));
  ASSERT_TRUE(work->finish());

  EXPECT_THAT(x, ::testing::Each(4.0F));
  EXPECT_EQ(gpu.counts().streams - before, 8U) << "num_streams, opened once";
}

TEST_F(ForkJoin, ItRunsOnTheUnitsOfTheContract) {
  grant(ann, {1});
  step = enter(ann);
  float x = 1;

  ASSERT_TRUE(work->fork_join(works{[&] { return scale(x, 2); }}));
  device->gate()->apply({share_changed{contract_of(ann), 0}});
  ASSERT_TRUE(step->next_step());
  ASSERT_TRUE(work->fork_join(works{[&] { return scale(x, 2); }}));
  ASSERT_TRUE(work->finish());

  EXPECT_EQ(x, 4);
  EXPECT_THAT(gpu.kernels_run(), ::testing::ElementsAre(Pair("dunlin_scale", 8), Pair("dunlin_scale", 20)));
}

TEST_F(ForkJoin, AFailureStopsThoseAfterItAndJoinsThoseBefore) {
  step = enter(ann);
  float x = 1;
  bool came = false;

  const auto done = work->fork_join(works{[&] { return scale(x, 2); },
                                          []() -> result<void> { return fail(errc::handler_failed, "no more"); },
                                          [&]() -> result<void> {
                                            came = true;
                                            return {};
                                          }});

  EXPECT_EQ(done.error().context, "no more");
  EXPECT_FALSE(came);
  EXPECT_TRUE(work->finish());
  EXPECT_EQ(x, 2);
}

TEST_F(ForkJoin, AnExceptionLeavesTheHolderInItsOwnStream) {
  step = enter(ann);
  float x = 1;
  const auto* own = work->native_stream();

  EXPECT_THROW(static_cast<void>(work->fork_join(
                   works{[&] { return stand_still(); }, []() -> result<void> { throw std::runtime_error("no"); }})),
               std::runtime_error);

  EXPECT_EQ(work->native_stream(), own);
  ASSERT_TRUE(scale(x, 2));
  EXPECT_THAT(gpu.kernels_run(), ::testing::IsEmpty()) << "behind the work that stands still";
  go_on();
  ASSERT_TRUE(work->finish());
  EXPECT_EQ(x, 2);
}

TEST_F(ForkJoin, IsNeitherRecordedNorNested) {
  step = enter(ann);
  const auto forks = [&] { return work->fork_join(works{}); };

  EXPECT_EQ(work->record(forks).error().code, errc::conflict);
  EXPECT_EQ(work->fork_join(works{forks}).error().code, errc::conflict);
  EXPECT_EQ(work->fork_join(works{[&]() -> result<void> {
                  auto recorded = work->record([] { return result<void>{}; });
                  if (!recorded) return fail(std::move(recorded.error()));
                  return {};
                }})
                .error()
                .code,
            errc::conflict);
  EXPECT_TRUE(work->fork_join(works{}));
}

TEST_F(ForkJoin, AStepThatEndsWithinFailsRatherThanMoveTheStreams) {
  step = enter(ann);
  device->gate()->apply({share_changed{contract_of(ann, {0}), 0}});

  const auto done = work->fork_join(works{[&] { return step->next_step(); }});

  EXPECT_EQ(done.error().code, errc::conflict);
}

/// Who comes next waits for what was put into any stream before.
TEST_F(ForkJoin, AHolderThatIsGivenUpWithinLeavesNothingThatIsNotWaitedFor) {
  cuda::work_meter meter{2, *cuda::gpu_context::primary(gpu.driver(), 0)};
  const auto first = std::dynamic_pointer_cast<cuda::holder_work>(work);
  const auto other = open(bob);
  meter.add(ann, first);
  meter.add(bob, std::dynamic_pointer_cast<cuda::holder_work>(other));
  float x = 1;
  ASSERT_TRUE(meter.begin(contract_of(ann), {}));

  const auto done = work->fork_join(works{[&]() -> result<void> {
                                            EXPECT_TRUE(stand_still());
                                            auto put = scale(x, 2);
                                            first->shut();
                                            return put;
                                          },
                                          [&] { return scale(x, 100); }});
  EXPECT_EQ(done.error().code, errc::lease_expired);
  ASSERT_TRUE(meter.begin(contract_of(bob), {}));
  ASSERT_TRUE(other->kernels().run(add_call{1, &x, &x, &x}));
  EXPECT_THAT(gpu.kernels_run(), ::testing::IsEmpty());
  go_on();
  ASSERT_TRUE(other->finish());

  EXPECT_EQ(x, 4);
  meter.leave(ann);
  meter.leave(bob);
}

TEST_F(ForkJoin, BetweenStepsThereIsNone) { EXPECT_EQ(work->fork_join(works{}).error().code, errc::lease_expired); }

TEST_F(ForkJoin, ItsTimeIsPartOfTheStep) {
  step = enter(ann);
  std::vector<float> x(100'000, 1);
  ASSERT_TRUE(work->fork_join(works{[&] { return work->kernels().run(scale_call{x.size(), 2, x.data(), x.data()}); }}));
  step.reset();

  EXPECT_GT(device->gate()->take_use(ann).busy_ns, 0U);
}

TEST_F(ForkJoin, ProductsThatNameNoPrecisionHaveTheNodes) {
  auto options = small();
  options.settings.precision = product_precision::bf16;
  device = *cuda::cuda_device::make(gpu.driver(), options);
  work = open(ann, 40 * mib);
  grant(ann);
  step = enter(ann);
  const float a = 2;
  float c = 0;

  ASSERT_TRUE(work->kernels().run(gemm_call{1, 1, 1, 1, 0, &a, &a, &c}));
  EXPECT_EQ(last_product(), CUBLAS_COMPUTE_32F_FAST_16BF);
  ASSERT_TRUE(work->kernels().run(
      gemm_call{.m = 1, .n = 1, .k = 1, .a = &a, .b = &a, .c = &c, .precision = product_precision::fp32}));
  EXPECT_EQ(last_product(), CUBLAS_COMPUTE_32F);
  ASSERT_TRUE(work->finish());
}

}  // namespace
}  // namespace dunlin::testing

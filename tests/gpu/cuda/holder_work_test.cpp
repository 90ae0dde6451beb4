// SPDX-License-Identifier: Apache-2.0
// Holders of a GPU's shares: their streams, groups and memory, from the contract to the kernel.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <numeric>
#include <optional>

#include "gpu/cuda/cuda_device.hpp"
#include "gpu/device_work.hpp"
#include "gpu/kernels/kernel_backend.hpp"
#include "gpu/memory/memory_exhausted.hpp"
#include "tests/gpu/cuda/holder_rig.hpp"

namespace dunlin::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Pair;

TEST_F(HolderWork, AStepCopiesComputesAndCopiesBack) {
  const auto work = open(ann);
  grant(ann);
  const auto step = enter(ann);
  std::vector<float> x(100);
  std::iota(x.begin(), x.end(), 1.0F);
  float sum = 0;
  auto* place = static_cast<float*>(work->memory().allocate(400, 16));
  auto* out = static_cast<float*>(work->memory().allocate(4, 16));

  ASSERT_TRUE(work->copy(place, x.data(), 400));
  ASSERT_TRUE(work->kernels().run(scale_call{100, 2, place, place}));
  ASSERT_TRUE(work->kernels().run(sum_call{100, place, out}));
  ASSERT_TRUE(work->copy(&sum, out, 4));
  ASSERT_TRUE(work->finish());

  EXPECT_EQ(sum, 10'100);
  work->memory().deallocate(out, 4, 16);
  work->memory().deallocate(place, 400, 16);
}

TEST_F(HolderWork, BetweenStepsNothingCanBePutThere) {
  const auto work = open(ann);
  float x = 0;

  EXPECT_EQ(work->copy(&x, &x, 4).error().code, errc::lease_expired);
  EXPECT_EQ(work->kernels().run(scale_call{1, 2, &x, &x}).error().code, errc::lease_expired);
  EXPECT_EQ(work->native_stream(), nullptr);

  grant(ann);
  auto step = enter(ann);
  EXPECT_NE(work->native_stream(), nullptr);
  step.reset();
  EXPECT_EQ(work->native_stream(), nullptr);
}

TEST_F(HolderWork, ItsStepsAreMeasuredByTheGpu) {
  const auto work = open(ann);
  grant(ann);
  auto step = enter(ann);
  std::vector<float> x(100'000, 1);
  ASSERT_TRUE(work->kernels().run(scale_call{x.size(), 2, x.data(), x.data()}));
  ASSERT_TRUE(step->next_step());
  ASSERT_TRUE(work->kernels().run(scale_call{x.size(), 2, x.data(), x.data()}));
  step.reset();

  const auto used = device->gate()->take_use(ann);

  EXPECT_GT(used.busy_ns, 0U);
  EXPECT_EQ(used.launches, 2U);
  EXPECT_EQ(used.busy_is, exactness::exact);
}

/// The host goes on; the GPU keeps the order by itself.
TEST_F(HolderWork, ATurnIsHandedOnBeforeTheGpuHasDoneWhatWasTold) {
  const auto first = open(ann);
  const auto second = open(bob);
  cuda::work_meter meter{2, *cuda::gpu_context::primary(gpu.driver(), 0)};
  meter.add(ann, std::dynamic_pointer_cast<cuda::holder_work>(first));
  meter.add(bob, std::dynamic_pointer_cast<cuda::holder_work>(second));
  std::vector<float> x(8, 1);
  gpu.pause();

  ASSERT_TRUE(meter.begin(contract_of(ann), {}));
  ASSERT_TRUE(first->kernels().run(scale_call{8, 3, x.data(), x.data()}));
  meter.end(ann);
  ASSERT_TRUE(meter.begin(contract_of(bob), {}));
  ASSERT_TRUE(second->kernels().run(add_call{8, x.data(), x.data(), x.data()}));
  meter.end(bob);
  EXPECT_THAT(gpu.kernels_run(), ::testing::IsEmpty());
  gpu.go_on();
  meter.leave(bob);

  EXPECT_EQ(x[0], 6);
  EXPECT_THAT(gpu.kernels_run(), ::testing::ElementsAre(Pair("dunlin_scale", 20), Pair("dunlin_add", 20)));
}

TEST_F(HolderWork, OnUnitsOfTheirOwnHoldersDoNotWaitForEachOther) {
  const auto first = open(ann);
  const auto second = open(bob);
  cuda::work_meter meter{2, *cuda::gpu_context::primary(gpu.driver(), 0)};
  meter.add(ann, std::dynamic_pointer_cast<cuda::holder_work>(first));
  meter.add(bob, std::dynamic_pointer_cast<cuda::holder_work>(second));
  ASSERT_TRUE(meter.begin(contract_of(ann), {0}));
  ASSERT_TRUE(meter.begin(contract_of(bob), {1}));
  std::uint32_t word = 0;
  const auto stuck = static_cast<CUstream>(first->native_stream());
  ASSERT_EQ(gpu.driver().wait_for_value(stuck, reinterpret_cast<CUdeviceptr>(&word), 1, 0), CUDA_SUCCESS);
  meter.end(ann);
  meter.end(bob);

  ASSERT_TRUE(meter.begin(contract_of(bob), {1}));
  EXPECT_TRUE(second->finish());  // while ann's stream stands still

  std::atomic_ref<std::uint32_t>{word}.store(1);
  meter.leave(ann);
  meter.leave(bob);
}

TEST_F(HolderWork, KernelsRunOnTheSmsOfTheContract) {
  const auto work = open(ann);
  grant(ann, {1});
  auto step = enter(ann);
  std::vector<float> x(8, 1);
  ASSERT_TRUE(work->kernels().run(scale_call{8, 2, x.data(), x.data()}));

  device->gate()->apply({share_changed{contract_of(ann, {0, 1}), 0}});
  ASSERT_TRUE(step->next_step());
  ASSERT_TRUE(work->kernels().run(scale_call{8, 2, x.data(), x.data()}));
  step.reset();

  EXPECT_EQ(x[0], 4);
  EXPECT_THAT(gpu.kernels_run(), ::testing::ElementsAre(Pair("dunlin_scale", 8), Pair("dunlin_scale", 20)));
}

TEST_F(HolderWork, UnitsThatItHadBeforeNeedNoNewContext) {
  const auto work = open(ann);
  grant(ann, {0});
  auto step = enter(ann);
  for (int i = 0; i < 3; ++i)
    for (const std::uint32_t unit : {1U, 0U}) {
      device->gate()->apply({share_changed{contract_of(ann, {unit}), 0}});
      ASSERT_TRUE(step->next_step());
    }

  EXPECT_EQ(gpu.counts().green_contexts, 2U);
  EXPECT_EQ(gpu.calls("cuGreenCtxCreate"), 2U);
}

TEST_F(HolderWork, AKernelMayHaveMoreSharedMemoryThanUsual) {
  const auto work = open(ann);
  grant(ann);
  const auto step = enter(ann);
  float x = 1;
  scale_call call{1, 2, &x, &x};
  void* arguments[] = {&call};
  const std::byte image{};
  const auto code = work->load({&image, 1});
  ASSERT_TRUE(code);

  for (const std::uint32_t bytes : {1U << 10, 100U << 10, 60U << 10})
    EXPECT_TRUE(work->launch(**code, "dunlin_scale", {.shared_bytes = bytes}, arguments)) << bytes;
  EXPECT_EQ(gpu.calls("cuKernelSetAttribute"), 2U) << "not again for less";
}

TEST_F(HolderWork, OnUnitsOfItsOwnItsTimeIsWeighted) {
  const auto work = open(ann);
  grant(ann, {0});
  enter(ann).reset();

  EXPECT_EQ(device->gate()->take_use(ann).busy_is, exactness::weighted);
}

TEST_F(HolderWork, MemoryEndsAtTheCapAndTheErrorNamesWhoHasIt) {
  const auto work = open(ann, 10 * mib);

  const auto refused = device->open_work(bob, 40 * mib, "agent 2");

  EXPECT_EQ(refused.error().code, errc::quota_exceeded);
  EXPECT_THAT(refused.error().context, HasSubstr("agent 1 has 10485760"));
  EXPECT_THROW(static_cast<void>(work->memory().allocate(11 * mib, 16)), memory_exhausted);
}

TEST_F(HolderWork, AFaultEndsItsStepWithDeviceLostAndTheDeviceTakesNoMore) {
  auto work = open(ann);
  grant(ann);
  std::vector<float> x(8, 1);
  std::optional<step_report> report;
  std::mutex mutex;
  std::condition_variable done;
  EXPECT_TRUE(device->health());
  gpu.fault_next_kernel();

  ASSERT_TRUE(device->submit({1, 1,
                              [&]() -> result<void> {
                                auto step = enter(ann);
                                return work->kernels().run(scale_call{8, 2, x.data(), x.data()});
                              },
                              [&](step_report r) {
                                const std::lock_guard lock{mutex};
                                report = std::move(r);
                                done.notify_one();
                              }}));
  std::unique_lock lock{mutex};
  ASSERT_TRUE(done.wait_for(lock, std::chrono::seconds{30}, [&] { return report.has_value(); }));

  EXPECT_EQ(report->outcome.error().code, errc::device_lost);
  EXPECT_EQ(device->health().error().code, errc::device_lost);
  EXPECT_EQ(device->submit({}).error().code, errc::device_lost);
  EXPECT_EQ(device->open_work(bob, mib, "agent 2").error().code, errc::device_lost);
  EXPECT_THAT(device->properties().enforcement, HasSubstr("advisory (lost: "));
  work.reset();
}

TEST_F(HolderWork, ProductsOfOneHolderAfterTheOtherHaveOneHandle) {
  for (int i = 0; i < 3; ++i) {
    const auto work = open(ann, 40 * mib);
    grant(ann);
    const auto step = enter(ann);
    auto* x = static_cast<float*>(work->memory().allocate(64, 256));
    ASSERT_TRUE(work->kernels().run(gemm_call{2, 2, 2, 1, 0, x, x + 4, x + 8}));
    ASSERT_TRUE(work->finish());
    work->memory().deallocate(x, 64, 256);
  }
  EXPECT_EQ(cublas_handles_made(), made_before + 1);
}

/// Nobody asks a stream how far it is while it writes down what it is told.
TEST_F(HolderWork, AHolderWithoutBytesHasNone) {
  const auto work = open(ann, 0);

  EXPECT_THROW(static_cast<void>(work->memory().allocate(16, 16)), memory_exhausted);
}

TEST_F(HolderWork, AHolderThatWasGivenUpCanDoNoMore) {
  const auto work = open(ann);
  grant(ann);
  const auto step = enter(ann);
  float x = 1;

  device->abandon(ann.value);

  EXPECT_EQ(work->kernels().run(scale_call{1, 2, &x, &x}).error().code, errc::lease_expired);
}

TEST_F(HolderWork, ProductsTakeTheirWorkspaceFromTheHoldersMemory) {
  const auto poor = open(ann, mib);
  grant(ann);
  auto step = enter(ann);
  const std::vector<float> a{1, 2, 3, 4};
  std::vector<float> c(4);
  const gemm_call call{2, 2, 2, 1, 0, a.data(), a.data(), c.data()};

  const auto refused = poor->kernels().run(call);

  EXPECT_EQ(refused.error().code, errc::quota_exceeded);
  EXPECT_THAT(refused.error().context, HasSubstr("33554432"));
}

}  // namespace
}  // namespace dunlin::testing

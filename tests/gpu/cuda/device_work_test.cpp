// SPDX-License-Identifier: Apache-2.0
// A holder's way through a GPU, from the host's memory and back: what holds for an emulated one holds for a real one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <random>

#include "gpu/cuda/cuda_device.hpp"
#include "gpu/device_work.hpp"
#include "gpu/kernels/kernel_backend.hpp"
#include "gpu/memory/memory_exhausted.hpp"
#include "tests/gpu/cuda/gpu_under_test.hpp"

namespace dunlin::testing {
namespace {

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

struct DeviceWork : ::testing::Test {
  void SetUp() override {
    if (gpu.driver == nullptr) GTEST_SKIP() << gpu.why_none;
    cuda::device_options options;
    options.workers = 1;
    options.settings.memory_fraction = 0.5;
    options.cublas = gpu.cublas;
    device = cuda::cuda_device::make(*gpu.driver, options).value();
    work = device->open_work(ann, 80 * mib, "ann").value();
    grant({});
    step = device->gate()->enter(ann, lease_id{1}, {}).value();
  }
  share_contract contract(std::vector<std::uint32_t> units) {
    share_contract out;
    out.holder = ann;
    out.id = lease_id{1};
    out.token = ++token;
    out.granted.units = std::move(units);
    return out;
  }
  void grant(std::vector<std::uint32_t> units) {
    device->gate()->apply({share_granted{{}, contract(std::move(units))}});
  }
  float* take(std::size_t count) { return static_cast<float*>(work->memory().allocate(count * sizeof(float), 256)); }
  void give_back(float* place, std::size_t count) { work->memory().deallocate(place, count * sizeof(float), 256); }
  float* send(const std::vector<float>& values) {
    auto* place = take(values.size());
    EXPECT_TRUE(work->copy(place, values.data(), values.size() * sizeof(float)));
    return place;
  }
  std::vector<float> fetch(const float* place, std::size_t count) {
    std::vector<float> out(count);
    EXPECT_TRUE(work->copy(out.data(), place, count * sizeof(float)));
    EXPECT_TRUE(work->finish());
    return out;
  }
  static std::vector<float> draw(std::size_t count) {
    std::mt19937 random{11};
    std::uniform_real_distribution<float> uniform{-1, 1};
    std::vector<float> out(count);
    for (auto& one : out) one = uniform(random);
    return out;
  }

  const agent_id ann{1};
  fencing_token token = 0;
  gpu_under_test gpu = open_gpu();
  std::shared_ptr<cuda::cuda_device> device;
  std::shared_ptr<device_work> work;
  std::unique_ptr<share_session> step;
};

TEST_F(DeviceWork, BytesComeBackAsTheyWent) {
  const auto values = draw(1'000'003);
  auto* there = send(values);
  auto* copy = take(values.size());
  ASSERT_TRUE(work->copy(copy, there, values.size() * sizeof(float)));

  EXPECT_EQ(fetch(copy, values.size()), values);

  give_back(copy, values.size());
  give_back(there, values.size());
}

TEST_F(DeviceWork, ChunksThatAreCopiedAndComputedSideBySideComeBackWhole) {
  constexpr std::size_t chunks = 20;
  constexpr std::size_t count = 10'000;
  const auto values = draw(chunks * count);
  auto* in = static_cast<float*>(work->staging().allocate(chunks * count * sizeof(float), 256));
  auto* out = static_cast<float*>(work->staging().allocate(chunks * count * sizeof(float), 256));
  std::ranges::copy(values, in);
  auto* there = take(chunks * count);
  std::vector<std::function<result<void>()>> works;
  while (works.size() < chunks)
    works.emplace_back([&, at = works.size() * count]() -> result<void> {
      if (auto sent = work->copy(there + at, in + at, count * sizeof(float)); !sent) return sent;
      if (auto put = work->kernels().run(scale_call{count, 2, there + at, there + at}); !put) return put;
      return work->copy(out + at, there + at, count * sizeof(float));
    });

  ASSERT_TRUE(work->fork_join(works));
  ASSERT_TRUE(work->finish());

  for (std::size_t i = 0; i < values.size(); ++i) ASSERT_EQ(out[i], 2 * values[i]) << i;
  give_back(there, chunks * count);
  for (auto* place : {in, out}) work->staging().deallocate(place, chunks * count * sizeof(float), 256);
}

TEST_F(DeviceWork, AProductIsAsExactAsItsPrecision) {
  constexpr std::uint64_t n = 96;
  const auto a = draw(n * n);
  const auto b = draw(n * n);
  auto* there_a = send(a);
  auto* there_b = send(b);
  auto* there_c = take(n * n);
  for (const auto& [precision, tolerance] : {std::pair{product_precision::fp32, 1e-5},
                                             {product_precision::tf32, 1e-2},
                                             {product_precision::bf16, 1e-1},
                                             {product_precision::fp16, 1e-2}}) {
    gemm_call call{n, n, n, 1, 0, there_a, there_b, there_c};
    call.precision = precision;
    const auto done = work->kernels().run(call);
    ASSERT_TRUE(done) << to_string(done.error());
    const auto c = fetch(there_c, n * n);
    for (std::uint64_t row = 0; row < n; ++row)
      for (std::uint64_t column = 0; column < n; ++column) {
        double should = 0;
        for (std::uint64_t i = 0; i < n; ++i)
          should += static_cast<double>(a[row * n + i]) * static_cast<double>(b[i * n + column]);
        ASSERT_NEAR(c[row * n + column], should, tolerance);
      }
  }
  for (auto* one : {there_c, there_b, there_a}) give_back(one, n * n);
}

TEST_F(DeviceWork, GoesOnInAnotherPartOfTheGpuUnderANewContract) {
  if (device->properties().compute_units < 2) GTEST_SKIP() << "this GPU is one unit";
  const auto values = draw(10'000);
  auto* there = send(values);
  for (const std::uint32_t unit : {0U, 1U}) {
    device->gate()->apply({share_changed{contract({unit}), token}});
    ASSERT_TRUE(step->next_step());
    ASSERT_TRUE(work->kernels().run(scale_call{values.size(), 2, there, there}));
    const auto granted = std::dynamic_pointer_cast<cuda::holder_work>(work)->sms();
    EXPECT_GT(granted, 0U);
    EXPECT_LT(granted, cuda::gpu_context::primary(*gpu.driver, 0).value()->sms());
  }

  EXPECT_EQ(fetch(there, 1)[0], 4 * values[0]);

  give_back(there, values.size());
}

TEST_F(DeviceWork, UsedTimeIsTheGpus) {
  const auto values = draw(4'000'000);
  auto* there = send(values);
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(work->kernels().run(scale_call{values.size(), 1, there, there}));
    ASSERT_TRUE(step->next_step());
  }
  give_back(there, values.size());
  step.reset();

  const auto used = device->gate()->take_use(ann);

  EXPECT_EQ(used.launches, 6U);
  EXPECT_GT(used.busy_ns, 0U);
}

TEST_F(DeviceWork, MemoryBeyondTheCapIsRefusedAndWithinItIsHad) {
  EXPECT_THROW(static_cast<void>(work->memory().allocate(81 * mib, 256)), memory_exhausted);
  auto* most = work->memory().allocate(79 * mib, 256);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(most) % 256, 0U);
  work->memory().deallocate(most, 79 * mib, 256);
}

TEST_F(DeviceWork, StagingMemoryCarriesBytesBothWays) {
  constexpr std::size_t count = 5'000'000;  // more than a page of it
  auto* staged = static_cast<float*>(work->staging().allocate(count * sizeof(float), 64));
  const auto values = draw(count);
  std::copy(values.begin(), values.end(), staged);
  auto* there = take(count);

  ASSERT_TRUE(work->copy(there, staged, count * sizeof(float)));
  ASSERT_TRUE(work->kernels().run(scale_call{count, 2, there, there}));
  ASSERT_TRUE(work->copy(staged, there, count * sizeof(float)));
  ASSERT_TRUE(work->finish());

  EXPECT_EQ(staged[count - 1], 2 * values[count - 1]);
  give_back(there, count);
  work->staging().deallocate(staged, count * sizeof(float), 64);
}

TEST_F(DeviceWork, RecordedWorkIsDoneWhenItIsReplayed) {
  auto* there = send({1, 2, 3});
  ASSERT_TRUE(work->finish());
  const auto twice = work->record([&]() -> result<void> {
    for (int i = 0; i < 2; ++i)
      if (auto put = work->kernels().run(scale_call{3, 3, there, there}); !put) return put;
    return {};
  });
  ASSERT_TRUE(twice) << to_string(twice.error());
  EXPECT_THAT(fetch(there, 3), ::testing::ElementsAre(1, 2, 3));

  ASSERT_TRUE(work->replay(**twice));
  ASSERT_TRUE(work->replay(**twice));

  EXPECT_THAT(fetch(there, 3), ::testing::ElementsAre(81, 162, 243));
  give_back(there, 3);
}

TEST_F(DeviceWork, WorkThatFailsWhileItIsRecordedLeavesTheStreamAsItWas) {
  auto* there = send({1});
  ASSERT_TRUE(work->finish());

  const auto none = work->record([]() -> result<void> { return fail(errc::handler_failed, "no such layer"); });

  EXPECT_EQ(none.error().context, "no such layer");
  ASSERT_TRUE(work->kernels().run(scale_call{1, 5, there, there}));
  EXPECT_THAT(fetch(there, 1), ::testing::ElementsAre(5));
  give_back(there, 1);
}

/// The module's own code, loaded once more as somebody else's.
TEST_F(DeviceWork, LoadedCodeRunsWithItsArguments) {
  const auto code = work->load(cuda::own_kernel_images()[0]);
  ASSERT_TRUE(code) << to_string(code.error());
  auto* there = send({1, 2});
  scale_call call{2, 7, there, there};
  std::array<void*, 1> arguments{&call};

  const auto launched = work->launch(**code, "dunlin_scale", {}, arguments);

  ASSERT_TRUE(launched) << to_string(launched.error());
  EXPECT_THAT(fetch(there, 2), ::testing::ElementsAre(7, 14));
  EXPECT_EQ(work->launch(**code, "dunlin_nothing", {}, arguments).error().code, errc::not_found);
  give_back(there, 2);
}

}  // namespace
}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/device_pages.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "gpu/memory/memory_pool.hpp"
#include "gpu/memory/memory_stream.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"

namespace dunlin::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

struct DevicePages : ::testing::Test {
  emulated_gpu gpu{{.memory_bytes = 8 * mib}};
  std::shared_ptr<cuda::gpu_context> context = *cuda::gpu_context::primary(gpu.driver(), 0);
};

TEST_F(DevicePages, ReservesAddressesAndTakesNoMemory) {
  const auto pages = *cuda::device_pages::make(context, 100 * mib);

  EXPECT_EQ(pages->page_bytes(), 2 * mib);
  EXPECT_EQ(pages->range_bytes(), 100 * mib);
  EXPECT_EQ(gpu.counts().memory_bytes, 0U);
}

TEST_F(DevicePages, BackedPagesHoldWhatIsWrittenThere) {
  const auto pages = *cuda::device_pages::make(context, 100 * mib);

  ASSERT_TRUE(pages->back(3, 2));
  std::memset(pages->base() + 6 * mib, 7, 4 * mib);

  EXPECT_EQ(gpu.counts().memory_bytes, 4 * mib);
  EXPECT_EQ(pages->base()[10 * mib - 1], std::byte{7});
}

TEST_F(DevicePages, GivesBackAnyOfThePagesThatCameTogether) {
  const auto pages = *cuda::device_pages::make(context, 100 * mib);
  ASSERT_TRUE(pages->back(0, 4));

  pages->give_back(1, 2);

  EXPECT_EQ(gpu.counts().memory_bytes, 4 * mib);
  ASSERT_TRUE(pages->back(2, 1));
  std::memset(pages->base() + 4 * mib, 1, 2 * mib);
}

TEST_F(DevicePages, WhenTheGpuIsFullNothingIsTakenAndTheErrorSaysHowMuchWasAsked) {
  const auto pages = *cuda::device_pages::make(context, 100 * mib);

  const auto refused = pages->back(0, 5);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::quota_exceeded);
  EXPECT_THAT(refused.error().context, HasSubstr("cuMemCreate of 2097152 bytes on GPU 0: CUDA_ERROR_OUT_OF_MEMORY"));
  EXPECT_EQ(gpu.counts().memory_bytes, 0U);
  EXPECT_TRUE(pages->back(0, 4));
}

TEST_F(DevicePages, APageThatCannotBeMappedIsGivenBack) {
  const auto pages = *cuda::device_pages::make(context, 100 * mib);
  for (const char* call : {"cuMemMap", "cuMemSetAccess"}) {
    gpu.fail_next(call, CUDA_ERROR_UNKNOWN);
    EXPECT_EQ(pages->back(0, 2).error().code, errc::io_failed) << call;
    EXPECT_EQ(gpu.counts().memory_bytes, 0U) << call;
  }
}

TEST_F(DevicePages, CarryAPool) {
  auto pool = *memory_pool::make(*cuda::device_pages::make(context, 100 * mib), {.max_bytes = 8 * mib});
  auto stream = pool->open_stream();

  auto* small = stream->allocate(100, 16);
  auto* large = stream->allocate(3 * mib, 16);
  EXPECT_EQ(gpu.counts().memory_bytes, 4 * mib);
  EXPECT_EQ(stream->try_allocate(9 * mib, 16), nullptr);

  stream->deallocate(large, 3 * mib, 16);
  stream->deallocate(small, 100, 16);
  pool->collect();
  EXPECT_EQ(gpu.counts().memory_bytes, 0U);
}

}  // namespace
}  // namespace dunlin::testing

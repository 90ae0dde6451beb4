// SPDX-License-Identifier: Apache-2.0
#define LIBCUDACXX_ENABLE_EXPERIMENTAL_MEMORY_RESOURCE
#include "gpu/cuda/cuda_mr.hpp"

#include <gtest/gtest.h>

#include "gpu/cuda/holder_work.hpp"
#include "gpu/memory/memory_exhausted.hpp"
#include "tests/gpu/cuda/a_holder.hpp"

namespace dunlin::testing {
namespace {

static_assert(::cuda::mr::async_resource_with<mr_memory, ::cuda::mr::device_accessible>);

struct CudaMr : a_holder {
  mr_memory memory{*work};
  ::cuda::stream_ref own{static_cast<cudaStream_t>(work->native_stream())};
};

TEST_F(CudaMr, GivesTheHoldersMemoryToALibraryOfNvidias) {
  ::cuda::mr::async_resource_ref<::cuda::mr::device_accessible> as_library{memory};

  auto* place = as_library.allocate_async(1'000, 256, own);

  EXPECT_GE(work->peak_bytes(), 1'000U);
  as_library.deallocate_async(place, 1'000, 256, own);
  EXPECT_EQ(memory.allocate(own, 1'000), place);
  memory.deallocate(own, place, 1'000);
}

TEST_F(CudaMr, RefusesTheOrderOfAnotherStream) {
  const ::cuda::stream_ref other{reinterpret_cast<cudaStream_t>(this)};

  EXPECT_THROW(static_cast<void>(memory.allocate(other, 100)), std::invalid_argument);
}

TEST_F(CudaMr, EndsAtTheCap) {
  EXPECT_THROW(static_cast<void>(memory.allocate_sync(std::size_t{1} << 40)), memory_exhausted);
}

}  // namespace
}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_device.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gpu/cuda/architecture.hpp"
#include "tests/gpu/cuda/emulated_gpu.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t mib = std::uint64_t{1} << 20;

TEST(CudaDevice, TellsWhatItIs) {
  const emulated_gpu gpu{{.sms = 20, .memory_bytes = 100 * mib}};
  const auto device =
      *cuda::cuda_device::make(gpu.driver(), {.id = device_id{3}, .settings = {.memory_fraction = 0.5}});

  const auto facts = device->properties();

  EXPECT_EQ(facts.id, device_id{3});
  EXPECT_EQ(facts.kind, "cuda");
  EXPECT_EQ(facts.name, "Emulated GPU");
  EXPECT_EQ(facts.compute_units, 2U);
  EXPECT_EQ(facts.memory_bytes, 50 * mib);
  EXPECT_EQ(facts.enforcement, "advisory (other processes may use the GPU)");
}

TEST(CudaDevice, IsHardOnceNoOtherProcessOfOursCanHaveIt) {
  const scratch_directory run;
  const emulated_gpu gpu;
  const auto device = *cuda::cuda_device::make(gpu.driver(), {.run_directory = run.path(), .owner = "node a"});
  EXPECT_EQ(device->properties().enforcement, "hard");

  const auto refused = cuda::cuda_device::make(gpu.driver(), {.run_directory = run.path(), .owner = "node b"});

  EXPECT_EQ(refused.error().code, errc::already_running);
  EXPECT_THAT(refused.error().context, HasSubstr("is held by node a"));
}

TEST(CudaDevice, WithoutGroupsItIsOneUnitAndSaysWhy) {
  const scratch_directory run;
  const emulated_gpu gpu{{.has_green_contexts = false}};
  const auto device = *cuda::cuda_device::make(gpu.driver(), {.run_directory = run.path(), .owner = "node a"});

  EXPECT_EQ(device->properties().compute_units, 1U);
  EXPECT_EQ(device->properties().enforcement, "advisory (the driver has no green contexts)");
}

TEST(CudaDevice, IsLeftAloneWhereItsNodeUsesAnotherArchitecture) {
  const emulated_gpu gpu;
  EXPECT_TRUE(cuda::cuda_device::make(gpu.driver(), {.settings = {.architecture = "hopper"}}));

  const auto refused = cuda::cuda_device::make(gpu.driver(), {.settings = {.architecture = "ampere"}});

  EXPECT_EQ(refused.error().code, errc::not_supported);
  EXPECT_EQ(refused.error().context, "GPU 0 is of the architecture hopper, and the node uses those of ampere");
  EXPECT_EQ(gpu.counts().primary_contexts, 0U);
}

TEST(CudaDevice, ArchitecturesHaveTheirNames) {
  EXPECT_EQ(cuda::architecture_name(8, 0), "ampere");
  EXPECT_EQ(cuda::architecture_name(8, 9), "ada");
  EXPECT_EQ(cuda::architecture_name(9, 0), "hopper");
  EXPECT_EQ(cuda::architecture_name(12, 1), "blackwell");
  EXPECT_EQ(cuda::architecture_name(13, 0), "sm_130");
}

TEST(CudaDevice, RefusesAPartOfTheMemoryThatIsNone) {
  const emulated_gpu gpu;
  for (const double fraction : {0.0, -1.0, 1.5, std::nan("")}) {
    const auto refused = cuda::cuda_device::make(gpu.driver(), {.settings = {.memory_fraction = fraction}});
    EXPECT_EQ(refused.error().code, errc::invalid_argument) << fraction;
    EXPECT_EQ(refused.error().path, "memory_fraction");
  }
}

/// Whatever fails while it is made, nothing of the GPU is kept: the emulated one counts.
TEST(CudaDevice, GivesEverythingBackWhenItCannotBeMade) {
  for (const char* call :
       {"cuDeviceGet", "cuDevicePrimaryCtxRetain", "cuDeviceGetUuid", "cuDeviceGetName", "cuDeviceTotalMem",
        "cuMemGetAllocationGranularity", "cuMemAddressReserve", "cuMemHostAlloc", "cuLibraryLoadData"}) {
    emulated_gpu gpu;
    gpu.fail_next(call, CUDA_ERROR_OUT_OF_MEMORY);

    const auto refused = cuda::cuda_device::make(gpu.driver(), {});

    ASSERT_FALSE(refused) << call;
    EXPECT_THAT(refused.error().context, HasSubstr(call));
  }
}

TEST(CudaDevice, RefusesAnOrdinalThatThereIsNot) {
  const emulated_gpu gpu{{.gpus = 1}};

  const auto refused = cuda::cuda_device::make(gpu.driver(), {.ordinal = 1});

  EXPECT_THAT(refused.error().context, HasSubstr("cuDeviceGet on GPU 1"));
}

}  // namespace
}  // namespace dunlin::testing

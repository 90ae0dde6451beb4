// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/gpu_sensors.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dunlin::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A library that knows one GPU and a few of its instruments.
cuda::nvml_calls played() {
  cuda::nvml_calls out;
  out.find = [](const char* uuid, cuda::nvml_device** device) {
    *device = nullptr;
    return std::string_view{uuid} == "GPU-00112233-4455-6677-8899-aabbccddeeff" ? 0 : 6;
  };
  out.utilisation = [](cuda::nvml_device*, cuda::nvml_utilisation* use) { return *use = {40, 25}, 0; };
  out.memory = [](cuda::nvml_device*, cuda::nvml_memory* memory) { return *memory = {100, 30, 70}, 0; };
  out.temperature = [](cuda::nvml_device*, int sensor, unsigned int* celsius) { return *celsius = 51, sensor; };
  out.power = [](cuda::nvml_device*, unsigned int* milliwatts) { return *milliwatts = 700'500, 0; };
  out.clock = [](cuda::nvml_device*, int domain, unsigned int* megahertz) { return *megahertz = 1'980, domain - 1; };
  out.fields = [](cuda::nvml_device*, int count, cuda::nvml_field* fields) {
    for (int i = 0; i < count; ++i) {
      fields[i].code = fields[i].id == 139 ? 3 : 0;
      fields[i].value = 2;
    }
    return 0;
  };
  return out;
}

const std::string uuid = "00112233445566778899aabbccddeeff";

TEST(GpuSensors, SayWhatTheGpuTellsInSiUnits) {
  const auto nvml = played();

  EXPECT_THAT(cuda::gpu_sensors::find(nvml, uuid)->read(),
              ElementsAre(device_sensor{"time_busy_percent", 40}, device_sensor{"memory_busy_percent", 25},
                          device_sensor{"memory_used_bytes", 70}, device_sensor{"temperature_celsius", 51},
                          device_sensor{"power_watts", 700.5}, device_sensor{"sm_clock_megahertz", 1'980},
                          device_sensor{"nvlink_sent_bytes", 2'048}));
}

TEST(GpuSensors, LeaveOutWhatTheLibraryLacks) {
  auto nvml = played();
  nvml = {.init = nullptr, .find = nvml.find};

  EXPECT_THAT(cuda::gpu_sensors::find(nvml, uuid)->read(), IsEmpty());
}

TEST(GpuSensors, OfAGpuThatIsNotThereAreAnError) {
  const auto nvml = played();

  const auto none = cuda::gpu_sensors::find(nvml, std::string(32, 'f'));

  EXPECT_EQ(none.error().code, errc::not_found);
  EXPECT_THAT(none.error().context, HasSubstr("GPU-ffffffff-ffff-ffff-ffff-ffffffffffff: error 6"));
}

}  // namespace
}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/architecture.hpp"

#include <utility>

namespace dunlin::cuda {

std::string architecture_name(int major, int minor) {
  switch (major) {
    case 7:
      return minor == 5 ? "turing" : "volta";
    case 8:
      return minor == 9 ? "ada" : "ampere";
    case 9:
      return "hopper";
    case 10:
    case 11:
    case 12:
      return "blackwell";
    default:
      return "sm_" + std::to_string(major) + std::to_string(minor);
  }
}

result<std::string> architecture_of(const driver_calls& driver, int ordinal) {
  CUdevice device = 0;
  if (auto found = check(driver, driver.device(&device, ordinal), {"cuDeviceGet", 0, ordinal}); !found)
    return fail(std::move(found.error()));
  int version[2] = {0, 0};
  constexpr CUdevice_attribute which[2] = {CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                                           CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR};
  for (int i = 0; i < 2; ++i)
    if (auto asked =
            check(driver, driver.attribute(&version[i], which[i], device), {"cuDeviceGetAttribute", 0, ordinal});
        !asked)
      return fail(std::move(asked.error()));
  return architecture_name(version[0], version[1]);
}

}  // namespace dunlin::cuda

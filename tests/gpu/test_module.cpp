// SPDX-License-Identifier: Apache-2.0
// Device modules for the loader's tests, one for each way a module can be: MODULE_KIND chooses.
#include "gpu/device_module.hpp"
#include "tests/support/fake_device.hpp"

namespace {

using devices = dunlin::result<dunlin::module_opening>;

devices open_one([[maybe_unused]] const dunlin::module_devices& wanted) noexcept {
#if MODULE_KIND == 3
  return dunlin::fail(dunlin::errc::not_found, "no NVIDIA driver: libcuda.so.1 is missing");
#elif MODULE_KIND == 4
  return dunlin::module_opening{};
#else
  dunlin::testing::fake_device_options options;
  options.properties.id = wanted.first;
  options.properties.kind = "cuda";
  options.properties.name = "test GPU";
  return dunlin::module_opening{{std::make_shared<dunlin::testing::fake_device>(options)}, "GPU 1 is somebody else's"};
#endif
}

#if MODULE_KIND == 1
constexpr dunlin::device_module offer{dunlin::device_module_abi + 1, dunlin::device_module_digest(), open_one};
#elif MODULE_KIND == 2
constexpr dunlin::device_module offer{dunlin::device_module_abi, dunlin::device_module_digest() + 1, open_one};
#else
constexpr dunlin::device_module offer{dunlin::device_module_abi, dunlin::device_module_digest(), open_one};
#endif

}  // namespace

#if MODULE_KIND == 5
extern "C" DUNLIN_EXPORT const void* some_other_symbol() noexcept { return &offer; }
#else
extern "C" DUNLIN_EXPORT const dunlin::device_module* dunlin_device_module() noexcept { return &offer; }
#endif

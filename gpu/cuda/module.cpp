// SPDX-License-Identifier: Apache-2.0
// The module's one symbol.
#include <exception>

#include "gpu/cuda/cuda_device.hpp"
#include "gpu/device_module.hpp"

namespace dunlin {

namespace {

using devices = std::vector<std::shared_ptr<device_port>>;

result<devices> open_all(device_id first) {
  auto driver = cuda::load_driver();
  if (!driver) return fail(std::move(driver.error()));
  int count = 0;
  if (auto counted = cuda::check(**driver, (*driver)->device_count(&count), {"cuDeviceGetCount"}); !counted)
    return fail(std::move(counted.error()));
  if (count == 0) return fail(errc::not_found, "the NVIDIA driver sees no GPU");
  devices out;
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    cuda::device_options options;
    options.id = device_id{first.value + static_cast<std::uint32_t>(ordinal)};
    options.ordinal = ordinal;
    auto made = cuda::cuda_device::make(**driver, std::move(options));
    if (!made) return fail(std::move(made.error()));
    out.push_back(std::move(*made));
  }
  return out;
}

result<devices> open_devices_of_module(device_id first) noexcept {
  try {
    return open_all(first);
  } catch (const std::exception& e) {
    return fail(errc::io_failed, e.what());
  }
}

constexpr device_module offer{device_module_abi, device_module_digest(), open_devices_of_module};

}  // namespace

}  // namespace dunlin

extern "C" DUNLIN_EXPORT const dunlin::device_module* dunlin_device_module() noexcept { return &dunlin::offer; }

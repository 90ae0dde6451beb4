// SPDX-License-Identifier: Apache-2.0
// The module's one symbol.
#include <exception>

#include "gpu/cuda/cuda_device.hpp"
#include "gpu/device_module.hpp"

namespace dunlin {

namespace {

cuda::device_options options_of(const module_devices& wanted, int ordinal, std::size_t before) {
  cuda::device_options out;
  out.id = device_id{wanted.first.value + static_cast<std::uint32_t>(before)};
  out.ordinal = ordinal;
  out.run_directory = wanted.run_directory;
  out.owner = wanted.owner;
  out.settings = wanted.settings;
  return out;
}

/// A GPU that another node has, or that does not start, is no reason to go without the others.
result<module_opening> open_all(const module_devices& wanted) {
  auto driver = cuda::load_driver();
  if (!driver) return fail(std::move(driver.error()));
  int count = 0;
  if (auto counted = cuda::check(**driver, (*driver)->device_count(&count), {"cuDeviceGetCount"}); !counted)
    return fail(std::move(counted.error()));
  module_opening out;
  error why{errc::not_found, "the NVIDIA driver sees no GPU"};
  for (int ordinal = 0; ordinal < count; ++ordinal) {
    auto made = cuda::cuda_device::make(**driver, options_of(wanted, ordinal, out.devices.size()));
    if (made) {
      out.devices.push_back(std::move(*made));
      continue;
    }
    if (!out.unused.empty()) out.unused += "; ";
    out.unused += made.error().context;
    why = std::move(made.error());
  }
  if (out.devices.empty()) return fail(std::move(why));
  return out;
}

result<module_opening> open_devices_of_module(const module_devices& wanted) noexcept {
  try {
    return open_all(wanted);
  } catch (const std::exception& e) {
    return fail(errc::io_failed, e.what());
  }
}

constexpr device_module offer{device_module_abi, device_module_digest(), open_devices_of_module};

}  // namespace

}  // namespace dunlin

extern "C" DUNLIN_EXPORT const dunlin::device_module* dunlin_device_module() noexcept { return &dunlin::offer; }

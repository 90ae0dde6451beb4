// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/nvml_library.hpp"

#include <dlfcn.h>

#include <string>

namespace dunlin::cuda {

namespace {

constexpr const char* file = "libnvidia-ml.so.1";

template <class Function>
void find(void* library, const char* name, Function& out) {
  out = reinterpret_cast<Function>(dlsym(library, name));
}

result<nvml_calls> find_nvml() {
  // Never closed: it is in use until the process ends.
  void* library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return fail(errc::not_supported, std::string{file} + " was not found");
  nvml_calls out;
  find(library, "nvmlInit_v2", out.init);
  find(library, "nvmlDeviceGetHandleByUUID", out.find);
  find(library, "nvmlDeviceGetUtilizationRates", out.utilisation);
  find(library, "nvmlDeviceGetMemoryInfo", out.memory);
  find(library, "nvmlDeviceGetTemperature", out.temperature);
  find(library, "nvmlDeviceGetPowerUsage", out.power);
  find(library, "nvmlDeviceGetTotalEnergyConsumption", out.energy);
  find(library, "nvmlDeviceGetClockInfo", out.clock);
  find(library, "nvmlDeviceGetPcieThroughput", out.pcie);
  find(library, "nvmlDeviceGetFieldValues", out.fields);
  if (out.init == nullptr || out.find == nullptr)
    return fail(errc::not_supported, std::string{file} + " lacks the calls that find a GPU");
  if (const int code = out.init(); code != 0)
    return fail(errc::not_supported, "nvmlInit: error " + std::to_string(code));
  return out;
}

}  // namespace

result<const nvml_calls*> load_nvml() {
  static const auto nvml = find_nvml();
  if (!nvml) return fail(error{nvml.error()});
  return &*nvml;
}

}  // namespace dunlin::cuda

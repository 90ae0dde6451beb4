// SPDX-License-Identifier: Apache-2.0
#include "gpu/device_factory.hpp"

#include <utility>

#include "gpu/cuda_loader.hpp"
#include "gpu/device_module.hpp"

namespace dunlin {

namespace {

void add_opened(device_set& set, module_opening opened) {
  set.devices.insert(set.devices.end(), opened.devices.begin(), opened.devices.end());
  set.unused_gpus = std::move(opened.unused);
}

void add_gpus(device_set& set, const device_factory_options& options) {
  module_devices wanted;
  wanted.first = device_id{options.cpu.id.value + 1};
  wanted.run_directory = options.gpu_run_directory;
  wanted.owner = options.cpu.owner;
  wanted.settings = options.gpu;
  auto gpus = load_device_module(options.cuda_module.empty() ? cuda_module_path() : options.cuda_module, wanted);
  if (!gpus)
    set.no_gpu_reason = gpus.error().context;
  else if (gpus->devices.empty())
    set.no_gpu_reason = "the module found no GPU";
  else
    add_opened(set, std::move(*gpus));
}

}  // namespace

result<device_set> open_devices(const device_factory_options& options) {
  auto cpu = cpu_device::make(options.cpu);
  if (!cpu) return fail(std::move(cpu.error()));
  device_set set;
  set.devices.push_back(std::move(*cpu));
  if (options.gpus)
    add_gpus(set, options);
  else
    set.no_gpu_reason = "GPUs are switched off by configuration";
  return set;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/gpu_sensors.hpp"

#include <array>

namespace dunlin::cuda {

namespace {

// NVML's own numbers.
constexpr int gpu_temperature = 0;
constexpr int sm_clock = 1;
constexpr int memory_clock = 2;
constexpr int pcie_sent = 0;
constexpr int pcie_received = 1;
constexpr unsigned int nvlink_sent_kib = 138;
constexpr unsigned int nvlink_received_kib = 139;
constexpr unsigned int all_links = ~0U;

/// Collects what calls answer; those that fail, or that there are not, are left out.
class reading {
 public:
  explicit reading(nvml_device* device) noexcept : device_(device) {}

  /// `call`: ends with where the number goes.
  template <class Number, class Call, class... Arguments>
  void add(const char* name, double unit, Call call, Arguments... arguments) {
    Number value{};
    if (call != nullptr && call(device_, arguments..., &value) == 0) put(name, static_cast<double>(value) * unit);
  }
  void put(const char* name, double value) { out_.push_back({name, value}); }
  [[nodiscard]] nvml_device* device() const noexcept { return device_; }
  std::vector<device_sensor> take() { return std::move(out_); }

 private:
  nvml_device* const device_;
  std::vector<device_sensor> out_;
};

void read_use(const nvml_calls& nvml, reading& out) {
  nvml_utilisation use;
  if (nvml.utilisation != nullptr && nvml.utilisation(out.device(), &use) == 0) {
    out.put("time_busy_percent", use.gpu);
    out.put("memory_busy_percent", use.memory);
  }
  nvml_memory memory;
  if (nvml.memory != nullptr && nvml.memory(out.device(), &memory) == 0)
    out.put("memory_used_bytes", static_cast<double>(memory.used));
}

void read_links(const nvml_calls& nvml, reading& out) {
  std::array<nvml_field, 2> fields{nvml_field{.id = nvlink_sent_kib, .scope = all_links},
                                   nvml_field{.id = nvlink_received_kib, .scope = all_links}};
  if (nvml.fields == nullptr || nvml.fields(out.device(), fields.size(), fields.data()) != 0) return;
  const std::array<const char*, 2> names{"nvlink_sent_bytes", "nvlink_received_bytes"};
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].code == 0) out.put(names[i], static_cast<double>(fields[i].value) * 1'024);
}

}  // namespace

result<gpu_sensors> gpu_sensors::find(const nvml_calls& nvml, const std::string& uuid) {
  std::string name = "GPU-";
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 8 || i == 12 || i == 16 || i == 20) name += '-';
    name += uuid[i];
  }
  nvml_device* device = nullptr;
  if (const int code = nvml.find(name.c_str(), &device); code != 0)
    return fail(errc::not_found, "nvmlDeviceGetHandleByUUID of " + name + ": error " + std::to_string(code));
  return gpu_sensors{nvml, device};
}

std::vector<device_sensor> gpu_sensors::read() const {
  reading out{device_};
  read_use(*nvml_, out);
  out.add<unsigned int>("temperature_celsius", 1, nvml_->temperature, gpu_temperature);
  out.add<unsigned int>("power_watts", 1e-3, nvml_->power);
  out.add<unsigned long long>("energy_joules", 1e-3, nvml_->energy);
  out.add<unsigned int>("sm_clock_megahertz", 1, nvml_->clock, sm_clock);
  out.add<unsigned int>("memory_clock_megahertz", 1, nvml_->clock, memory_clock);
  out.add<unsigned int>("pcie_sent_bytes_per_second", 1e3, nvml_->pcie, pcie_sent);
  out.add<unsigned int>("pcie_received_bytes_per_second", 1e3, nvml_->pcie, pcie_received);
  read_links(*nvml_, out);
  return out.take();
}

}  // namespace dunlin::cuda

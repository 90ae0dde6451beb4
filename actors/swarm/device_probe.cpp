// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/device_probe.hpp"

#include <cstring>
#include <future>
#include <utility>
#include <vector>

#include "actors/swarm/node_setup.hpp"

namespace dunlin {

namespace {

constexpr std::size_t probed_bytes = 1U << 20U;
constexpr std::chrono::seconds patience{5};

/// What the step writes.
struct trial {
  std::promise<void> ended;
  std::pmr::vector<std::byte> memory;
  step_report report;
  explicit trial(std::pmr::memory_resource& from) : memory(probed_bytes, &from) {}
};

device_step step_of(const std::shared_ptr<trial>& one) {
  device_step out;
  out.run = [one]() -> result<void> {
    std::memset(one->memory.data(), 1, one->memory.size());
    return {};
  };
  out.done = [one](step_report report) {
    one->report = std::move(report);
    one->ended.set_value();
  };
  return out;
}

result<void> try_out(device_port& device, probed_device& out) {
  const auto memory = device.reserve(probed_bytes, "node probe");
  if (!memory) return fail(error{memory.error()});
  const auto one = std::make_shared<trial>(**memory);
  auto ended = one->ended.get_future();
  if (auto queued = device.submit(step_of(one)); !queued) return queued;
  if (ended.wait_for(patience) != std::future_status::ready)
    return fail(errc::timeout, "a step did not end within " + std::to_string(patience.count()) + " s");
  out.wall_ns = one->report.wall_ns;
  out.busy_ns = one->report.busy_ns;
  out.telemetry = device.telemetry();
  return one->report.outcome;
}

}  // namespace

result<device_probe> probe_devices(const swarm_config& config) {
  auto opened = open_configured(device_options_of(config));
  if (!opened) return fail(std::move(opened.error()));
  device_probe out;
  out.no_gpu_reason = std::move(opened->no_gpu_reason);
  out.devices.reserve(opened->devices.size());
  for (const auto& device : opened->devices) {
    auto& one = out.devices.emplace_back();
    one.is = device->properties();
    one.outcome = try_out(*device, one);
  }
  return out;
}

}  // namespace dunlin

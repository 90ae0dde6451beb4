// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/device_probe.hpp"

#include <algorithm>
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "actors/swarm/node_setup.hpp"
#include "gpu/device_work.hpp"

namespace dunlin {

namespace {

constexpr std::size_t probed_bytes = 1U << 20U;
constexpr std::size_t alignment = 256;
constexpr agent_id prober{1};

/// What the step uses; a step that does not end in time keeps all of it.
struct trial {
  std::promise<void> ended;
  std::shared_ptr<std::pmr::memory_resource> from;     ///< before what lies in it
  std::optional<std::pmr::vector<std::byte>> written;  ///< where a host thread does the work
  device_telemetry telemetry;                          ///< while the memory was held
  step_report report;
};

/// Nobody else is there.
share_contract whole_device(const device_port& device) {
  share_contract out;
  out.id = {1};
  out.holder = prober;
  out.device = device.properties().id;
  out.token = 1;
  return out;
}

/// Memory of a device that works on its own, and a turn there.
struct far_memory {
  struct give_back {
    std::pmr::memory_resource* memory;
    void operator()(void* block) const { memory->deallocate(block, probed_bytes, alignment); }
  };
  std::shared_ptr<device_work> work;
  std::unique_ptr<share_session> turn = {};
  std::unique_ptr<void, give_back> block = {};
};

/// Sets aside what the step uses: `one.written`, or what it returns.
result<far_memory> take_memory(device_port& device, trial& one) {
  auto work = device.open_work(prober, probed_bytes, "node probe");
  if (!work) return fail(std::move(work.error()));
  far_memory out{std::move(*work)};
  if (out.work == nullptr) {
    auto memory = device.reserve(probed_bytes, "node probe");
    if (!memory) return fail(std::move(memory.error()));
    one.from = std::move(*memory);
    one.written.emplace(probed_bytes, one.from.get());
  } else {
    auto turn = device.gate()->enter(prober, {1}, [] { return false; });
    if (!turn) return fail(std::move(turn.error()));
    out.turn = std::move(*turn);
    auto& memory = out.work->memory();
    out.block = {memory.allocate(probed_bytes, alignment), far_memory::give_back{&memory}};
  }
  one.telemetry = device.telemetry();
  return out;
}

/// The host reads and writes nothing there by itself.
result<void> send_and_fetch(device_work& work, void* there) {
  const std::vector<std::byte> sent(probed_bytes, std::byte{1});
  std::vector<std::byte> fetched(probed_bytes);
  if (auto put = work.copy(there, sent.data(), probed_bytes); !put) return put;
  if (auto put = work.copy(fetched.data(), there, probed_bytes); !put) return put;
  if (auto done = work.finish(); !done) return done;
  if (fetched != sent) return fail(errc::device_faulted, "what came back from its memory is not what was sent there");
  return {};
}

/// A device must not end in one of its own steps: none keeps it while it may hang.
result<void> take_and_write(const std::weak_ptr<device_port>& device, trial& one) {
  auto alive = device.lock();
  if (alive == nullptr) return fail(errc::shutting_down, "the device is closed");
  const auto far = take_memory(*alive, one);
  alive = nullptr;
  if (!far) return fail(error{far.error()});
  if (far->work != nullptr) return send_and_fetch(*far->work, far->block.get());
  std::ranges::fill(*one.written, std::byte{1});
  return {};
}

device_step step_of(const std::shared_ptr<device_port>& device, const std::shared_ptr<trial>& one) {
  device_step out;
  out.queue = prober.value;
  out.run = [one, weak = std::weak_ptr{device}] { return take_and_write(weak, *one); };
  out.done = [one](step_report report) {
    one->report = std::move(report);
    one->ended.set_value();
  };
  return out;
}

result<void> try_out(const std::shared_ptr<device_port>& device, milliseconds patience, probed_device& out) {
  auto* gate = device->gate();
  if (gate != nullptr) gate->apply({share_granted{{}, whole_device(*device)}});
  const auto one = std::make_shared<trial>();
  auto ended = one->ended.get_future();
  if (auto queued = device->submit(step_of(device, one)); !queued) return queued;
  if (ended.wait_for(patience) != std::future_status::ready)
    return fail(errc::timeout, "a step did not end within " + std::to_string(patience.count()) + " ms");
  out.wall_ns = one->report.wall_ns;
  const auto at_the_gate = gate == nullptr ? share_use{} : gate->take_use(prober);
  out.busy_ns = std::max(one->report.busy_ns, at_the_gate.busy_ns);
  out.telemetry = one->telemetry;
  return one->report.outcome;
}

}  // namespace

probed_device probe_device(const std::shared_ptr<device_port>& device, milliseconds patience) {
  probed_device out;
  out.is = device->properties();
  out.outcome = try_out(device, patience, out);
  return out;
}

result<device_probe> probe_devices(const swarm_config& config) {
  auto opened = open_configured(device_options_of(config));
  if (!opened) return fail(std::move(opened.error()));
  device_probe out;
  out.no_gpu_reason = std::move(opened->no_gpu_reason);
  out.unused_gpus = std::move(opened->unused_gpus);
  out.devices.reserve(opened->devices.size());
  for (const auto& device : opened->devices) out.devices.push_back(probe_device(device));
  return out;
}

}  // namespace dunlin

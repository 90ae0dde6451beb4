// SPDX-License-Identifier: Apache-2.0
#include "gpu/cuda/cuda_device.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <exception>
#include <nvtx3/nvtx3.hpp>
#include <utility>

#include "gpu/cuda/architecture.hpp"
#include "gpu/cuda/device_pages.hpp"
#include "gpu/cuda/pinned_pages.hpp"
#include "gpu/memory/arena.hpp"
#include "gpu/memory/memory_stream.hpp"
#include "gpu/memory/work_order.hpp"

namespace dunlin::cuda {

namespace {

/// Holders that take turns sleep on threads of their own.
constexpr std::uint32_t most_waiting_holders = 64;
/// As many addresses a byte, so that a block finds a place in one piece however the others lie.
constexpr std::uint64_t pool_addresses = 4;
/// Two pages of the driver's: what lies free at the ends of what holders have.
constexpr std::uint64_t spare_bytes = std::uint64_t{4} << 20;

/// Freed memory is somebody else's once the whole GPU was idle.
class order_of_all final : public work_order {
 public:
  explicit order_of_all(std::shared_ptr<gpu_context> context) noexcept : context_(std::move(context)) {}
  std::uint64_t mark() noexcept override { return told_.fetch_add(1) + 1; }
  [[nodiscard]] bool has_passed(std::uint64_t mark) noexcept override { return mark <= done_.load(); }
  /// Nobody knows, without waiting.
  [[nodiscard]] bool is_idle() noexcept override { return false; }
  /// Only the primary context waits for all that is in the others.
  void wait_until_idle() noexcept override {
    const auto told = told_.load();
    const auto& driver = context_->driver();
    CUcontext before = nullptr;
    if (driver.current(&before) != CUDA_SUCCESS || !context_->make_current()) return;
    if (driver.synchronise_context() == CUDA_SUCCESS) done_ = told;
    driver.set_current(before);
  }

 private:
  const std::shared_ptr<gpu_context> context_;
  std::atomic<std::uint64_t> told_{0};
  std::atomic<std::uint64_t> done_{0};
};

/// Without a context: that of a GPU which another node has would cost it memory.
result<std::string> uuid_of(const driver_calls& driver, int ordinal) {
  CUdevice device = 0;
  if (auto found = check(driver, driver.device(&device, ordinal), {"cuDeviceGet", 0, ordinal}); !found)
    return fail(std::move(found.error()));
  CUuuid uuid{};
  if (auto asked = check(driver, driver.device_uuid(&uuid, device), {"cuDeviceGetUuid", 0, ordinal}); !asked)
    return fail(std::move(asked.error()));
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (const char byte : uuid.bytes) {
    out += digits[static_cast<unsigned char>(byte) >> 4];
    out += digits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

/// A GPU that the node was not told to use is not touched.
result<void> check_architecture(const driver_calls& driver, const device_options& options) {
  const auto& wanted = options.settings.architecture;
  if (wanted.empty()) return {};
  const auto is = architecture_of(driver, options.ordinal);
  if (!is) return fail(error{is.error()});
  if (*is == wanted) return {};
  return fail(errc::not_supported,
              "GPU " + std::to_string(options.ordinal) + " is of the architecture " + *is +
                  ", and the node uses those of " + wanted,
              "set gpu_architecture to any to use it");
}

result<std::string> name_of(const gpu_context& context) {
  std::array<char, 256> name{};
  const auto code = context.driver().device_name(name.data(), static_cast<int>(name.size()) - 1, context.device());
  if (auto asked = context.check(code, "cuDeviceGetName"); !asked) return fail(std::move(asked.error()));
  return std::string{name.data()};
}

result<std::uint64_t> memory_of(const gpu_context& context, double fraction) {
  std::size_t total = 0;
  if (auto asked = context.check(context.driver().total_memory(&total, context.device()), "cuDeviceTotalMem"); !asked)
    return fail(std::move(asked.error()));
  return static_cast<std::uint64_t>(static_cast<double>(total) * fraction);
}

/// What holders may take adds up to the budget; what lies free between their blocks comes on top.
result<std::shared_ptr<memory_pool>> make_pool(const std::shared_ptr<gpu_context>& context, std::uint64_t budget) {
  const auto most = budget + budget / 8 + spare_bytes;
  auto pages = device_pages::make(context, pool_addresses * most);
  if (!pages) return fail(std::move(pages.error()));
  return memory_pool::make(std::move(*pages), {.max_bytes = most});
}

result<void> add_staging(gpu_parts& parts, std::uint64_t most) {
  auto pages = pinned_pages::make(parts.context, pool_addresses * most);
  if (!pages) return fail(std::move(pages.error()));
  parts.staging_base = (*pages)->base();
  parts.staging_range = (*pages)->range_bytes();
  auto pool = memory_pool::make(std::move(*pages), {.max_bytes = most});
  if (!pool) return fail(std::move(pool.error()));
  parts.staging = std::move(*pool);
  return {};
}

result<std::shared_ptr<gpu_parts>> make_parts(std::shared_ptr<gpu_context> context, const device_options& options) {
  auto memory = memory_of(*context, options.settings.memory_fraction);
  if (!memory) return fail(std::move(memory.error()));
  auto out = std::make_shared<gpu_parts>();
  auto pool = make_pool(context, *memory);
  if (!pool) return fail(std::move(pool.error()));
  auto words = pinned_words::make(context);
  if (!words) return fail(std::move(words.error()));
  auto code = kernel_code::load(context, own_kernel_images());
  if (!code) return fail(std::move(code.error()));
  out->groups = split_sms(*context);
  out->budget = std::make_shared<memory_budget>(*memory);
  out->pool = std::move(*pool);
  out->words = std::move(*words);
  out->code = std::move(*code);
  out->cublas = options.cublas;
  out->settings = options.settings;
  out->context = std::move(context);
  if (auto staged = add_staging(*out, options.staging_bytes); !staged) return fail(std::move(staged.error()));
  return out;
}

/// Instruments are a help, no need: where there are none, none are shown.
std::shared_ptr<sensor_board> find_sensors(const nvml_calls* nvml, const std::string& uuid) {
  if (nvml == nullptr) {
    const auto found = load_nvml();
    if (!found) return nullptr;
    nvml = *found;
  }
  auto sensors = gpu_sensors::find(*nvml, uuid);
  if (!sensors) return nullptr;
  return std::make_shared<sensor_board>(*sensors);
}

executor_options threads_for(const device_options& options) {
  executor_options out;
  out.workers = options.workers;
  out.stand_ins = most_waiting_holders;
  out.queue_capacity = options.queue_capacity;
  out.stop_patience = options.stop_patience;
  return out;
}

}  // namespace

result<std::shared_ptr<cuda_device>> cuda_device::make(const driver_calls& driver, device_options options) {
  if (!(options.settings.memory_fraction > 0 && options.settings.memory_fraction <= 1))
    return fail(errc::invalid_argument, "a part of the memory is above 0 and at most 1", {}, "memory_fraction");
  if (options.settings.num_streams == 0) return fail(errc::invalid_argument, "work needs a stream", {}, "num_streams");
  // Here rather than by whichever threads name their work first: NVTX sets its calls up without a lock.
  static const bool can_name_work = [] { return nvtxInitialize(nullptr), true; }();
  static_cast<void>(can_name_work);
  if (auto fits = check_architecture(driver, options); !fits) return fail(std::move(fits.error()));
  auto uuid = uuid_of(driver, options.ordinal);
  if (!uuid) return fail(std::move(uuid.error()));
  std::unique_ptr<gpu_lock> lock;
  if (!options.run_directory.empty()) {
    auto taken = gpu_lock::take(options.run_directory, *uuid, options.owner);
    if (!taken) return fail(std::move(taken.error()));
    lock = std::move(*taken);
  }
  auto context = gpu_context::primary(driver, options.ordinal);
  if (!context) return fail(std::move(context.error()));
  auto name = name_of(**context);
  if (!name) return fail(std::move(name.error()));
  auto parts = make_parts(std::move(*context), options);
  if (!parts) return fail(std::move(parts.error()));
  auto sensors = find_sensors(options.nvml, *uuid);
  try {
    return std::shared_ptr<cuda_device>(
        new cuda_device(std::move(options), std::move(*parts), std::move(lock), std::move(*name), std::move(sensors)));
  } catch (const std::exception& e) {
    return fail(errc::io_failed, e.what());
  }
}

cuda_device::cuda_device(device_options options, std::shared_ptr<gpu_parts> parts, std::unique_ptr<gpu_lock> lock,
                         std::string name, std::shared_ptr<sensor_board> sensors)
    : options_(std::move(options)),
      name_(std::move(name)),
      sensors_(std::move(sensors)),
      lock_(std::move(lock)),
      parts_(std::move(parts)),
      meter_(std::make_shared<work_meter>(units(), parts_->context)) {
  step_gate_options at_the_gate;
  at_the_gate.units = units();
  at_the_gate.meter = meter_;
  gate_ = std::make_shared<step_gate>(std::move(at_the_gate));
  executor_ = std::make_unique<executor>(threads_for(options_));
}

cuda_device::~cuda_device() = default;

std::uint32_t cuda_device::units() const noexcept {
  return std::max(static_cast<std::uint32_t>(parts_->groups.groups.size()), 1U);
}

device_properties cuda_device::properties() const {
  device_properties out;
  out.id = options_.id;
  out.kind = "cuda";
  out.name = name_;
  out.compute_units = units();
  out.memory_bytes = parts_->budget->total();
  out.enforcement = enforcement();
  return out;
}

device_telemetry cuda_device::telemetry() const {
  device_telemetry out{true, meter_->busy_ns(), parts_->budget->taken()};
  const auto counted = parts_->pool->statistics();
  const auto& now = counted.now;
  out.pool.push_back({now.reserved, now.asked, now.internal, now.cached, now.external, counted.exhausted});
  if (sensors_ != nullptr) out.sensors = sensors_->seen();
  return out;
}

/// Never on the thread that asks how the device is.
void cuda_device::look_at_sensors() {
  if (sensors_ == nullptr || sensors_->is_looked_at()) return;
  auto look = [board = sensors_]() -> result<void> { return board->look(), result<void>{}; };
  auto looked = [board = sensors_](const step_report&) { board->looked(); };
  if (!executor_->submit({0, 0, std::move(look), std::move(looked)})) sensors_->looked();
}

void cuda_device::tidy(time_point now) {
  look_at_sensors();
  if (!idle_.is_time(parts_->pool->statistics(), now)) return;
  // A full queue is no time of rest.
  static_cast<void>(submit({0, 0,
                            [parts = parts_]() -> result<void> {
                              parts->pool->collect();
                              parts->staging->collect();
                              return {};
                            },
                            [](const step_report&) {}}));
}

std::string cuda_device::enforcement() const {
  if (const auto works = parts_->health.check(); !works) return "advisory (lost: " + works.error().context + ")";
  if (lock_ == nullptr) return "advisory (other processes may use the GPU)";
  if (parts_->groups.groups.empty()) return "advisory (" + parts_->groups.why_none + ")";
  return "hard";
}

/// A fault of its own work shows when a step is waited for, at the latest when it leaves: its outcome tells.
result<void> cuda_device::submit(device_step step) {
  if (auto works = parts_->health.check(); !works) return works;
  step.run = [run = std::move(step.run), parts = parts_, queue = step.queue]() -> result<void> {
    // Free where no tool looks; in one that does, the host's and the GPU's work of an agent have its name.
    const nvtx3::scoped_range named{"agent " + std::to_string(queue)};
    auto outcome = run();
    if (auto works = parts->health.check(); !works) return works;
    return outcome;
  };
  return executor_->submit(std::move(step));
}

bool cuda_device::abandon(std::uint64_t queue) {
  meter_->shut(agent_id{queue});
  return executor_->abandon(queue);
}

result<std::shared_ptr<std::pmr::memory_resource>> cuda_device::reserve(std::uint64_t cap_bytes,
                                                                        const std::string& holder) {
  auto order = std::make_shared<order_of_all>(parts_->context);
  auto made = arena::make(parts_->budget, cap_bytes, holder, parts_->pool->open_stream(std::move(order)));
  if (!made) return fail(std::move(made.error()));
  return std::shared_ptr<std::pmr::memory_resource>(std::move(*made));
}

result<std::shared_ptr<device_work>> cuda_device::open_work(agent_id holder, std::uint64_t cap_bytes,
                                                            const std::string& name) {
  if (auto works = parts_->health.check(); !works) return fail(std::move(works.error()));
  auto made = parts_->health.note(holder_work::make(parts_, cap_bytes, name));
  if (!made) return fail(std::move(made.error()));
  meter_->add(holder, *made);
  return std::shared_ptr<device_work>(std::move(*made));
}

}  // namespace dunlin::cuda

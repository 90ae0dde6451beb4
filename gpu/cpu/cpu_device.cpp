// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/cpu_device.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>

#include "gpu/cpu/core_claims.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/shared_cores.hpp"

namespace dunlin {

namespace {

/// Holders that take turns sleep on threads of their own.
constexpr std::uint32_t most_waiting_holders = 64;

std::uint64_t half_of_memory() noexcept {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) / 2;
}

std::uint32_t workers_for(const cpu_device_options& options, const core_claims* claims) {
  if (options.workers > 0) return options.workers;
  if (claims != nullptr) return static_cast<std::uint32_t>(claims->cores().size());
  const auto all = static_cast<std::uint32_t>(allowed_cores().size());
  return options.cores > 0 ? std::min(options.cores, all) : all;
}

executor_options executor_for(const cpu_device_options& options, const core_claims* claims) {
  executor_options out;
  out.workers = options.workers;
  out.stand_ins = most_waiting_holders;
  out.queue_capacity = options.queue_capacity;
  if (claims != nullptr) out.cores = claims->cores();
  out.spin = options.spin;
  out.stop_patience = options.stop_patience;
  return out;
}

/// A core without a worker would only keep others away, and the first worker of every such claim meets on one core.
/// Nodes that take turns claim the same cores: unit i is the same one for all of them.
result<std::unique_ptr<core_claims>> claim_cores(const cpu_device_options& options) {
  const auto wanted = options.cores != 0 ? options.cores : options.workers;
  auto candidates = allowed_cores();
  if (options.cluster.empty()) return core_claims::claim(options.run_directory, options.owner, candidates, wanted);
  if (wanted > 0 && wanted < candidates.size()) candidates.resize(wanted);
  const auto mark = partner_mark(options.cluster);
  const auto name = options.owner.substr(0, core_claims::name_length - mark.size()) + mark;
  return core_claims::claim_all(options.run_directory, name, candidates);
}

}  // namespace

result<std::shared_ptr<cpu_device>> cpu_device::make(cpu_device_options options) {
  std::unique_ptr<core_claims> claims;
  if (!options.run_directory.empty()) {
    auto claimed = claim_cores(options);
    if (!claimed) return fail(std::move(claimed.error()));
    claims = std::move(*claimed);
  }
  options.workers = workers_for(options, claims.get());
  if (options.memory_bytes == 0) options.memory_bytes = half_of_memory();
  try {
    return std::shared_ptr<cpu_device>(new cpu_device(std::move(options), std::move(claims)));
  } catch (const std::exception& e) {
    return fail(errc::io_failed, e.what());
  }
}

cpu_device::cpu_device(cpu_device_options options, std::unique_ptr<core_claims> claims)
    : options_(std::move(options)),
      claims_(std::move(claims)),
      shared_as_(claims_ == nullptr || options_.cluster.empty()
                     ? std::string{}
                     : shared_cores_name(claims_->cores(), options_.workers, options_.memory_bytes)),
      budget_(std::make_shared<memory_budget>(options_.memory_bytes)),
      gate_(std::make_shared<step_gate>(gate_options())),
      executor_(executor_for(options_, claims_.get())) {}

cpu_device::~cpu_device() = default;

/// Unit i is the core of worker i.
step_gate_options cpu_device::gate_options() {
  step_gate_options out;
  out.units = options_.workers;
  if (claims_ != nullptr) out.cores = claims_->cores();
  out.on_units_left = [this](const std::vector<std::uint32_t>& left) { leave_to_others(left); };
  return out;
}

/// Tasks without a lease keep out of the way of the holders, but never end: one of them runs at a time where nothing is
/// left, so that what holders wait for can be done.
void cpu_device::leave_to_others(const std::vector<std::uint32_t>& units) {
  std::vector<std::uint32_t> cores;
  if (claims_ != nullptr && units.size() < options_.workers) {
    const auto& own = claims_->cores();
    for (const auto unit : units) cores.push_back(own[unit % own.size()]);
    if (cores.empty()) cores.push_back(own.back());
  }
  all_held_.store(units.empty(), std::memory_order_relaxed);
  executor_.leave_to_others(std::move(cores), static_cast<std::uint32_t>(units.size()));
}

device_properties cpu_device::properties() const {
  device_properties out;
  out.id = options_.id;
  out.kind = "cpu";
  out.name = options_.name;
  out.compute_units = options_.workers;
  out.memory_bytes = options_.memory_bytes;
  out.enforcement = enforcement();
  out.shared_as = shared_as_;
  return out;
}

std::string cpu_device::enforcement() const {
  if (!claims_) return "advisory (cores not claimed)";
  const auto partners = is_shared() ? partner_mark(options_.cluster) : std::string{};
  if (const auto shared = claims_->sharing(partners); !shared.empty()) return "advisory (" + shared + ")";
  if (const auto unpinned = executor_.statistics().unpinned; unpinned > 0)
    return "advisory (" + std::to_string(unpinned) + " workers not pinned)";
  if (options_.workers > claims_->cores().size())
    return "advisory (" + std::to_string(options_.workers) + " workers on " + std::to_string(claims_->cores().size()) +
           " cores)";
  if (const auto beside = executor_.statistics().without_lease; beside > 0 && all_held_.load(std::memory_order_relaxed))
    return "advisory (a task without a lease runs beside the holders)";
  return is_shared() ? "cooperative (nodes of this host take turns)" : "hard";
}

result<std::shared_ptr<std::pmr::memory_resource>> cpu_device::reserve(std::uint64_t cap_bytes) {
  auto made = arena::make(budget_, cap_bytes);
  if (!made) return fail(std::move(made.error()));
  return std::shared_ptr<std::pmr::memory_resource>(std::move(*made));
}

}  // namespace dunlin

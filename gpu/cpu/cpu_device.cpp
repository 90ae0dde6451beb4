// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/cpu_device.hpp"

#include <unistd.h>

#include <algorithm>
#include <exception>

#include "gpu/cpu/core_claims.hpp"
#include "gpu/cpu/pinning.hpp"
#include "gpu/cpu/shared_cores.hpp"
#include "gpu/memory/host_pages.hpp"
#include "gpu/memory/memory_pool.hpp"
#include "gpu/memory/memory_stream.hpp"

namespace dunlin {

namespace {

/// Holders that take turns sleep on threads of their own.
constexpr std::uint32_t most_waiting_holders = 64;

/// As many addresses a byte, so that a block finds a place in one piece however the others lie.
constexpr std::uint64_t pool_addresses = 4;
/// The kernel's own: larger ones lose more of what lies between blocks.
constexpr std::uint64_t pool_page_bytes = 4'096;

std::uint64_t part_of_memory(double fraction) noexcept {
  const auto all =
      static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  return static_cast<std::uint64_t>(static_cast<double>(all) * fraction);
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
std::uint32_t wanted_cores(const cpu_device_options& options) {
  return options.cores != 0 ? options.cores : options.workers;
}

/// Unit i is the same core for all nodes that take turns.
std::vector<std::uint32_t> shared_cores(const cpu_device_options& options) {
  auto cores = allowed_cores();
  if (const auto wanted = wanted_cores(options); wanted > 0 && wanted < cores.size()) cores.resize(wanted);
  return cores;
}

std::uint64_t memory_of(const cpu_device_options& options) {
  return options.memory_bytes == 0 ? part_of_memory(options.memory_fraction) : options.memory_bytes;
}

/// Returns what all nodes that take turns with this one call the device; empty if none does.
std::string shared_name(const cpu_device_options& options) {
  if (options.cluster.empty() || options.run_directory.empty()) return {};
  const auto cores = shared_cores(options);
  const auto workers = options.workers > 0 ? options.workers : static_cast<std::uint32_t>(cores.size());
  return shared_cores_name(cores, workers, memory_of(options));
}

/// Only those that see the same device take turns: it is in the mark.
std::string partners_of(const cpu_device_options& options, const std::string& shared_as) {
  return shared_as.empty() ? std::string{} : partner_mark(options.cluster + shared_as);
}

result<std::unique_ptr<core_claims>> claim_cores(const cpu_device_options& options, const std::string& partners) {
  if (partners.empty())
    return core_claims::claim(options.run_directory, options.owner, allowed_cores(), wanted_cores(options));
  const auto name = options.owner.substr(0, core_claims::name_length - partners.size()) + partners;
  return core_claims::claim_all(options.run_directory, name, shared_cores(options));
}

/// What the pool itself would say only when the first task asks for memory.
result<void> check_memory(const cpu_device_options& options) {
  if (!(options.memory_fraction > 0 && options.memory_fraction <= 1))
    return fail(errc::invalid_argument, std::to_string(options.memory_fraction) + " is no fraction of the memory",
                "use more than 0, at most 1", "memory_fraction");
  const auto& pool = options.pool;
  if (!(pool.growth_factor >= 1))
    return fail(errc::invalid_argument, "a pool cannot grow by a factor of " + std::to_string(pool.growth_factor),
                "use 1 or more", "pool_growth_factor");
  const auto most = pool.max_bytes == 0 ? memory_of(options) : pool.max_bytes;
  if (pool.min_bytes <= most) return {};
  return fail(
      errc::invalid_argument,
      "the pool's least, " + std::to_string(pool.min_bytes) + " bytes, is more than its most, " + std::to_string(most),
      "lower it, or raise pool_max_bytes or memory_bytes", "pool_min_bytes");
}

}  // namespace

result<std::shared_ptr<cpu_device>> cpu_device::make(cpu_device_options options) {
  if (auto sound = check_memory(options); !sound) return fail(std::move(sound.error()));
  std::unique_ptr<core_claims> claims;
  if (!options.run_directory.empty()) {
    auto claimed = claim_cores(options, partners_of(options, shared_name(options)));
    if (!claimed) return fail(std::move(claimed.error()));
    claims = std::move(*claimed);
  }
  auto shared_as = shared_name(options);
  options.workers = workers_for(options, claims.get());
  options.memory_bytes = memory_of(options);
  try {
    return std::shared_ptr<cpu_device>(new cpu_device(std::move(options), std::move(claims), std::move(shared_as)));
  } catch (const std::exception& e) {
    return fail(errc::io_failed, e.what());
  }
}

cpu_device::cpu_device(cpu_device_options options, std::unique_ptr<core_claims> claims, std::string shared_as)
    : options_(std::move(options)),
      claims_(std::move(claims)),
      shared_as_(std::move(shared_as)),
      partners_(partners_of(options_, shared_as_)),
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

device_telemetry cpu_device::telemetry() const {
  const auto done = executor_.statistics();
  device_telemetry out{true, done.busy_ns + done.running_ns, budget_->taken()};
  const std::lock_guard lock{pool_mutex_};
  if (pool_ == nullptr) return out;
  const auto counted = pool_->statistics();
  const auto& now = counted.now;
  out.pool.push_back({now.reserved, now.asked, now.internal, now.cached, now.external, counted.exhausted});
  return out;
}

void cpu_device::tidy(time_point now) {
  std::unique_lock lock{pool_mutex_};
  if (pool_ == nullptr || !idle_.is_time(pool_->statistics(), now)) return;
  lock.unlock();
  // A full queue is no time of rest.
  static_cast<void>(executor_.submit(
      {0, 0, [pool = pool_]() -> result<void> { return pool->collect(), result<void>{}; }, [](const step_report&) {}}));
}

std::string cpu_device::enforcement() const {
  if (!claims_) return "advisory (cores not claimed)";
  if (const auto shared = claims_->sharing(partners_); !shared.empty()) return "advisory (" + shared + ")";
  if (const auto unpinned = executor_.statistics().unpinned; unpinned > 0)
    return "advisory (" + std::to_string(unpinned) + " workers not pinned)";
  if (options_.workers > claims_->cores().size())
    return "advisory (" + std::to_string(options_.workers) + " workers on " + std::to_string(claims_->cores().size()) +
           " cores)";
  // Of a core that nobody holds here another node may have a holder.
  const bool is_beside = is_shared() || all_held_.load(std::memory_order_relaxed);
  if (const auto beside = executor_.statistics().without_lease; beside > 0 && is_beside)
    return "advisory (a task without a lease runs beside the holders)";
  return is_shared() ? "cooperative (nodes of this host take turns)" : "hard";
}

result<std::shared_ptr<std::pmr::memory_resource>> cpu_device::reserve(std::uint64_t cap_bytes,
                                                                       const std::string& holder) {
  auto from = pool();
  if (!from) return fail(std::move(from.error()));
  auto made = arena::make(budget_, cap_bytes, holder, (*from)->open_stream());
  if (!made) return fail(std::move(made.error()));
  return std::shared_ptr<std::pmr::memory_resource>(std::move(*made));
}

/// What holders may take adds up to the device's memory; what lies free between their blocks comes on top.
result<std::shared_ptr<memory_pool>> cpu_device::pool() {
  const std::lock_guard lock{pool_mutex_};
  if (pool_ != nullptr) return pool_;
  auto limits = options_.pool;
  if (limits.max_bytes == 0)
    limits.max_bytes = options_.memory_bytes + options_.memory_bytes / 8 + 16 * pool_page_bytes;
  const auto most = limits.max_bytes;
  auto pages = host_pages::make(pool_addresses * most, pool_page_bytes);
  // Where addresses are limited too, such as by overcommit_memory = 2, it has those that it needs.
  if (!pages) pages = host_pages::make(most, pool_page_bytes);
  if (!pages) return fail(std::move(pages.error()));
  if (options_.place_memory && claims_ != nullptr)
    options_.place_memory(claims_->cores(), (*pages)->base(), (*pages)->range_bytes());
  auto made = memory_pool::make(std::move(*pages), limits);
  if (!made) return fail(std::move(made.error()));
  return pool_ = std::move(*made);
}

}  // namespace dunlin

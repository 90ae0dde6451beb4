// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/task_backends.hpp"

#include <algorithm>
#include <utility>

#include "coordination/codec/wire_text.hpp"

namespace dunlin {

/// One way to run a task.
struct task_backends::way {
  std::string name;
  std::string as;
  std::uint8_t variant = 0;
  std::size_t device = 0;
  bool is_gpu = false;
  bool plain = false;
};

namespace {

/// Of a decision: it travels with others in one message.
constexpr std::size_t most_words = 2'000;

bool is_gpu(const node_device& device) noexcept { return device.kind != "cpu"; }

std::string in_us(duration time) { return std::to_string(time.count() / 1'000) + " us"; }

std::string held_against(const backend_candidate& one) {
  if (!one.rejecting_term.empty()) return one.name + ": " + one.rejecting_term;
  if (!one.compute) return one.name + ": cost not known";
  return one.name + ": " + in_us(one.total()) + " (" + in_us(one.transfer) + " transfer, " + in_us(one.queue) +
         " queue, " + in_us(*one.compute) + " compute)";
}

std::string in_words(const backend_decision& decision) {
  auto out = decision.because;
  for (std::size_t i = 0; i < decision.candidates.size(); ++i)
    if (i != decision.offer) out += "; " + held_against(decision.candidates[i]);
  return as_wire_text(std::move(out), most_words);
}

std::string short_of(const char* what, std::uint64_t wanted, std::uint64_t there) {
  return "needs " + std::to_string(wanted) + " " + what + ", has " + std::to_string(there);
}

/// How many such pieces of work the device does at once.
std::uint64_t width_of(const node_device& device, const resources& wish) {
  if (is_gpu(device)) return 1;
  const auto cores = std::max<std::uint64_t>(1, (wish.cpu_milli + 999) / 1'000);
  return std::max<std::uint64_t>(1, device.compute_units / cores);
}

}  // namespace

task_backends::task_backends(std::vector<node_device> devices, const breaker_limits& limits,
                             std::uint64_t max_memory_per_task)
    : devices_(std::move(devices)),
      has_gpu_(std::ranges::any_of(devices_, is_gpu)),
      max_memory_per_task_(max_memory_per_task),
      quarantine_(devices_.size()),
      queued_(devices_.size()),
      choice_(limits) {
  for (const auto& device : devices_)
    if (!is_gpu(device)) host_bytes_ = std::max(host_bytes_, device.memory_bytes);
}

bool task_backends::decides(const task_shape& shape) const noexcept {
  return shape.reserved.empty() && (!shape.variants.empty() || (has_gpu_ && shape.needs.gpu_milli > 0));
}

task_backends::way task_backends::way_on(const task_shape& shape, std::uint8_t variant, std::size_t device) const {
  const auto& wish = wish_of(shape, variant);
  if (!is_gpu(devices_[device]))
    return {"simd", std::to_string(wish.cpu_milli) + " cpu milli", variant, device, false, false};
  return {devices_[device].kind + ":" + std::to_string(device),
          std::to_string(wish.gpu_milli) + " gpu milli",
          variant,
          device,
          true,
          false};
}

/// In the order in which they are preferred while nothing is known: GPUs as the task lists them, SIMD, plain loops; of
/// several variants for one of these the granted one first.
std::vector<task_backends::way> task_backends::ways_of(const backend_request& asked) const {
  std::vector<way> out;
  const auto add = [&](way&& one) {
    const auto same = std::ranges::find(out, one.name, &way::name);
    out.insert(one.variant == asked.granted ? same : out.end(), std::move(one));
  };
  const auto named = asked.shape.where.device;
  const auto last = static_cast<std::uint8_t>(asked.shape.variants.size());
  for (std::uint8_t variant = 0; variant <= last; ++variant) {
    const bool wants_gpu = wish_of(asked.shape, variant).gpu_milli > 0;
    for (std::size_t device = 0; device < devices_.size(); ++device) {
      const bool is_named = named < 0 || static_cast<std::size_t>(named) == device;
      if (is_gpu(devices_[device]) != wants_gpu || (wants_gpu && !is_named) || (!wants_gpu && device > 0)) continue;
      add(way_on(asked.shape, variant, device));
    }
  }
  for (std::size_t i = 0, count = out.size(); i < count; ++i)
    if (!out[i].is_gpu) {
      auto loops = out[i];
      loops.name = "scalar";
      loops.plain = true;
      out.push_back(std::move(loops));
    }
  return out;
}

/// Returns what the device or its host lacks; empty if the wish fits.
std::string task_backends::lacking(const backend_request& asked, const way& one) const {
  const auto& wish = wish_of(asked.shape, one.variant);
  const auto& device = devices_[one.device];
  const std::uint64_t cores = std::uint64_t{device.compute_units} * 1'000;
  if (!one.is_gpu && wish.cpu_milli > cores) return short_of("cpu milli", wish.cpu_milli, cores);
  const auto& kept = wish_of(asked.shape, asked.granted);
  if (!one.is_gpu && kept.gpu_milli == 0 && wish.cpu_milli > kept.cpu_milli)
    return "needs " + std::to_string(wish.cpu_milli) + " cpu milli, " + std::to_string(kept.cpu_milli) +
           " are kept for it";
  if (one.is_gpu && wish.gpu_bytes > device.memory_bytes) return short_of("bytes", wish.gpu_bytes, device.memory_bytes);
  if (wish.host_bytes > host_bytes_) return short_of("host bytes", wish.host_bytes, host_bytes_);
  if (max_memory_per_task_ > 0 && wish.host_bytes > max_memory_per_task_)
    return "needs " + std::to_string(wish.host_bytes) + " host bytes, a task here may have " +
           std::to_string(max_memory_per_task_);
  return {};
}

std::string task_backends::why_absent(const backend_request& asked, const way& one) const {
  if (!quarantine_[one.device].empty()) return "quarantined (" + quarantine_[one.device] + ")";
  if (is_spent(asked.failed, one.name, one.variant)) return "it failed this attempt";
  return lacking(asked, one);
}

backend_offer task_backends::offer_of(const backend_request& asked, const way& one) const {
  const auto& wish = wish_of(asked.shape, one.variant);
  const auto& device = devices_[one.device];
  backend_offer out;
  out.name = one.name;
  out.as = one.as;
  out.why_absent = why_absent(asked, one);
  out.is_present = out.why_absent.empty();
  out.bytes_per_second = device.bytes_per_second;
  out.queue = queued_[one.device] / static_cast<duration::rep>(width_of(device, wish));
  // What is said of cores is said of SIMD: plain loops are there for when it fails.
  if (wish.expected.count() > 0 && !one.plain) out.declared = wish.expected;
  out.worth_trying = !one.plain;
  return out;
}

errc task_backends::why_none(const backend_request& asked, const std::vector<way>& ways) const {
  bool fits = false;
  bool is_left = false;
  for (const auto& one : ways) {
    if (!lacking(asked, one).empty()) continue;
    fits = true;
    is_left = is_left || quarantine_[one.device].empty();
  }
  if (!fits) return errc::infeasible;
  return is_left ? errc::overloaded : errc::device_faulted;
}

result<task_backend> task_backends::choose(const backend_request& asked, time_point now) {
  const auto ways = ways_of(asked);
  if (ways.empty()) return fail(errc::infeasible, "'" + asked.shape.kind + "' asks for a GPU, and there is none here");
  std::vector<backend_offer> offers;
  offers.reserve(ways.size());
  for (const auto& one : ways) offers.push_back(offer_of(asked, one));
  task_backend out;
  out.wish = {asked.shape.kind, std::max<std::uint64_t>(asked.bytes, 1), asked.bytes, {}};
  auto decision = choice_.choose(out.wish, offers, now);
  if (!decision) return fail(why_none(asked, ways), decision.error().context);
  const auto& way = ways[decision->offer];
  out.name = way.name;
  out.because = in_words(*decision);
  out.variant = way.variant;
  out.device = {way.device};
  out.is_gpu = way.is_gpu;
  out.plain_kernels = way.plain;
  out.expected = decision->candidates[decision->offer].compute.value_or(duration{});
  out.decision = std::move(*decision);
  queued_[way.device] += out.expected;
  return out;
}

void task_backends::on_done(const task_backend& what, duration took) {
  queued_[what.device.value] -= what.expected;
  choice_.on_done(what.decision, what.wish, took);
}

void task_backends::on_failed(const task_backend& what, failure_source whose, time_point now) {
  queued_[what.device.value] -= what.expected;
  choice_.on_failed(what.decision, what.wish, whose, now);
}

void task_backends::on_given_up(const task_backend& what) {
  queued_[what.device.value] -= what.expected;
  choice_.on_given_up(what.decision, what.wish);
}

void task_backends::quarantine(device_id device, std::string why) {
  if (quarantine_.at(device.value).empty()) quarantine_[device.value] = std::move(why);
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/backends/task_backends.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

/// One way to run a task.
struct task_backends::way {
  std::string name;
  std::uint8_t variant = 0;
  std::size_t device = 0;
  bool is_gpu = false;
  bool plain = false;
};

namespace {

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
  for (const auto& one : decision.candidates)
    if (one.name != decision.chosen) out += "; " + held_against(one);
  return out;
}

std::string short_of(const char* what, std::uint64_t wanted, std::uint64_t there) {
  return "needs " + std::to_string(wanted) + " " + what + ", has " + std::to_string(there);
}

/// Returns what the device lacks; empty if the wish fits.
std::string lacking(const node_device& device, const resources& wish) {
  const std::uint64_t cores = std::uint64_t{device.compute_units} * 1'000;
  if (!is_gpu(device) && wish.cpu_milli > cores) return short_of("cpu milli", wish.cpu_milli, cores);
  if (is_gpu(device) && wish.gpu_bytes > device.memory_bytes)
    return short_of("bytes", wish.gpu_bytes, device.memory_bytes);
  return {};
}

/// How many such pieces of work the device does at once.
std::uint64_t width_of(const node_device& device, const resources& wish) {
  if (is_gpu(device)) return 1;
  const auto cores = std::max<std::uint64_t>(1, (wish.cpu_milli + 999) / 1'000);
  return std::max<std::uint64_t>(1, device.compute_units / cores);
}

}  // namespace

task_backends::task_backends(std::vector<node_device> devices, const breaker_limits& limits)
    : devices_(std::move(devices)),
      has_gpu_(std::ranges::any_of(devices_, is_gpu)),
      quarantine_(devices_.size()),
      queued_(devices_.size()),
      choice_(limits) {}

bool task_backends::decides(const task_shape& shape) const noexcept {
  return shape.reserved.empty() && (!shape.variants.empty() || (has_gpu_ && shape.needs.gpu_milli > 0));
}

task_backends::way task_backends::way_on(std::uint8_t variant, std::size_t device, bool plain) const {
  const bool on_gpu = is_gpu(devices_[device]);
  auto name = on_gpu ? devices_[device].kind + ":" + std::to_string(device) : std::string{plain ? "scalar" : "simd"};
  return {std::move(name), variant, device, on_gpu, plain};
}

/// In the order in which they are preferred while nothing is known: GPUs as the task lists them, SIMD, plain loops.
std::vector<task_backends::way> task_backends::ways_of(const backend_request& asked) const {
  std::vector<way> out;
  const auto add = [&](way&& one) {
    const auto known = std::ranges::find(out, one.name, &way::name);
    if (known == out.end())
      out.push_back(std::move(one));
    else if (one.variant == asked.granted)
      *known = std::move(one);
  };
  const auto named = asked.shape.where.device;
  const auto last = static_cast<std::uint8_t>(asked.shape.variants.size());
  for (std::uint8_t variant = 0; variant <= last; ++variant) {
    const bool wants_gpu = wish_of(asked.shape, variant).gpu_milli > 0;
    for (std::size_t device = 0; device < devices_.size(); ++device) {
      const bool is_named = named < 0 || static_cast<std::size_t>(named) == device;
      if (is_gpu(devices_[device]) != wants_gpu || (wants_gpu && !is_named) || (!wants_gpu && device > 0)) continue;
      add(way_on(variant, device, false));
    }
  }
  const auto simd = std::ranges::find(out, false, &way::is_gpu);
  if (simd != out.end()) out.push_back(way_on(simd->variant, simd->device, true));
  return out;
}

std::string task_backends::why_absent(const backend_request& asked, const way& one) const {
  if (!quarantine_[one.device].empty()) return "quarantined (" + quarantine_[one.device] + ")";
  if (std::ranges::find(asked.failed, one.name) != asked.failed.end()) return "it failed this attempt";
  return lacking(devices_[one.device], wish_of(asked.shape, one.variant));
}

backend_offer task_backends::offer_of(const backend_request& asked, const way& one) const {
  const auto& wish = wish_of(asked.shape, one.variant);
  const auto& device = devices_[one.device];
  backend_offer out;
  out.name = one.name;
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
    if (!lacking(devices_[one.device], wish_of(asked.shape, one.variant)).empty()) continue;
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
  const auto& way = *std::ranges::find(ways, decision->chosen, &way::name);
  const auto chosen = std::ranges::find(decision->candidates, decision->chosen, &backend_candidate::name);
  out.name = way.name;
  out.because = in_words(*decision);
  out.variant = way.variant;
  out.device = {way.device};
  out.is_gpu = way.is_gpu;
  out.plain_kernels = way.plain;
  out.expected = chosen->compute.value_or(duration{});
  out.decision = std::move(*decision);
  queued_[way.device] += out.expected;
  return out;
}

void task_backends::on_done(const task_backend& what, duration took) {
  queued_[what.device.value] -= what.expected;
  choice_.on_done(what.decision, what.wish, took);
}

void task_backends::on_failed(const task_backend& what, time_point now) {
  queued_[what.device.value] -= what.expected;
  choice_.on_failed(what.decision, now);
}

void task_backends::on_given_up(const task_backend& what) {
  queued_[what.device.value] -= what.expected;
  choice_.on_given_up(what.decision);
}

void task_backends::quarantine(device_id device, std::string why) {
  if (quarantine_.at(device.value).empty()) quarantine_[device.value] = std::move(why);
}

}  // namespace dunlin

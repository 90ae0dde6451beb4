// SPDX-License-Identifier: Apache-2.0
#include "coordination/observe/result_metrics.hpp"

#include <algorithm>
#include <cstdio>

namespace dunlin {

namespace {

result_metric none(std::string why) { return {std::nullopt, std::move(why)}; }

result_metric kernel_time(const device_use* use) {
  if (use == nullptr) return none("it held no share of a device");
  if (use->kernel_is == exactness::unmeasured) return none("nobody measured its steps");
  return {static_cast<double>(use->kernel_ns) / 1e6, {}};
}

result_metric gpu_utilization(const device_use* use, const task_usage& usage) {
  if (use == nullptr || !use->is_gpu) return none("it ran on a processor");
  if (use->kernel_is == exactness::unmeasured) return none("nobody measured its steps");
  if (usage.run_ns == 0) return none("nobody measured how long it ran");
  const auto ratio = static_cast<double>(use->kernel_ns) / static_cast<double>(usage.run_ns);
  return {std::min(ratio, 1.0) * 100, {}};
}

result_metric memory_usage(const task_usage& usage) {
  if (usage.peak_bytes == 0) return none("it took none from its own memory, or nobody measured it");
  return {static_cast<double>(usage.peak_bytes) / (1U << 20U), {}};
}

}  // namespace

result_metrics metrics_of(const task_status& status) {
  const auto& usage = status.usage;
  if (usage.run_ns == 0 && status.finished == 0) {
    const auto not_yet = none("no attempt has ended yet");
    return {not_yet, not_yet, not_yet};
  }
  const auto* use = usage.device.empty() ? nullptr : &usage.device.front();
  return {gpu_utilization(use, usage), memory_usage(usage), kernel_time(use)};
}

std::string to_string(const result_metric& figure) {
  if (!figure.value) return "n/a (" + figure.why_none + ")";
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", *figure.value);
  return text;
}

}  // namespace dunlin

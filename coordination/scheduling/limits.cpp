// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/limits.hpp"

namespace dunlin {

namespace {

std::string percent_words(const char* what, std::uint32_t used, const char* limit_name, std::uint32_t limit) {
  return std::string{what} + " is at " + std::to_string(used) + " %, " + limit_name + " is " + std::to_string(limit) +
         " %";
}

bool over(std::optional<std::uint32_t> used, std::uint32_t limit) noexcept {
  return limit != 0 && used && *used >= limit;
}

}  // namespace

result<void> admit_to_queue(const admission_limits& limits, const usage_snapshot& usage, std::uint64_t tasks) {
  const auto limit = limits.max_queue_size;
  if (limit == 0 || (usage.queued <= limit && tasks <= limit - usage.queued)) return {};
  return fail(errc::overloaded,
              std::to_string(usage.queued) + " tasks wait, " + std::to_string(tasks) + " more exceed max_queue_size " +
                  std::to_string(limit),
              tasks > limit ? "submit smaller batches" : "try again when some have run");
}

std::optional<std::string> throttle_reason(const admission_limits& limits, const usage_snapshot& usage) {
  if (limits.max_concurrent_tasks != 0 && usage.running >= limits.max_concurrent_tasks)
    return std::to_string(usage.running) + " tasks run, max_concurrent_tasks is " +
           std::to_string(limits.max_concurrent_tasks);
  if (over(usage.memory_percent, limits.max_memory_percent))
    return percent_words("memory", *usage.memory_percent, "max_memory_percent", limits.max_memory_percent);
  if (usage.running == 0) return std::nullopt;
  if (over(usage.cpu_percent, limits.max_cpu_percent))
    return percent_words("CPU", *usage.cpu_percent, "max_cpu_percent", limits.max_cpu_percent);
  if (over(usage.gpu_percent, limits.max_gpu_percent))
    return percent_words("GPU", *usage.gpu_percent, "max_gpu_percent", limits.max_gpu_percent);
  return std::nullopt;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// A figure, or why there is none.
struct result_metric {
  std::optional<double> value;
  std::string why_none;  ///< in words, if there is none
  friend bool operator==(const result_metric&, const result_metric&) = default;
};

/// What a task's newest attempt did, in the words of task queues. Nothing is said that was not measured.
struct result_metrics {
  result_metric gpu_utilization;  ///< of the time that its handler ran, how much the GPU worked for it; 0-100 %
  result_metric memory_usage_mb;  ///< of its own memory at most; 1 = 1 048 576 bytes
  result_metric kernel_time_ms;   ///< how long its steps kept their device busy
  friend bool operator==(const result_metrics&, const result_metrics&) = default;
};

[[nodiscard]] DUNLIN_EXPORT result_metrics metrics_of(const task_status& status);

/// Returns `n/a (why)`, or the number with two decimals.
[[nodiscard]] DUNLIN_EXPORT std::string to_string(const result_metric& figure);

}  // namespace dunlin

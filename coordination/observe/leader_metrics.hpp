// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "coordination/observe/views.hpp"
#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// Counts of durations in powers of four from 4 µs to 4^13 µs (67 s). Adding costs a few instructions.
class DUNLIN_EXPORT duration_histogram {
 public:
  void add(std::uint64_t nanoseconds) noexcept;

  /// Returns it as a metric in seconds.
  [[nodiscard]] metric to_metric(std::string name, std::string help) const;

 private:
  static constexpr std::size_t bounds = 13;
  std::array<std::uint64_t, bounds + 1> counts_{};
  std::uint64_t sum_ns_ = 0;
};

/// What the leader counts about tasks. One thread writes and reads it.
class DUNLIN_EXPORT leader_metrics {
 public:
  /// Counts every transition that a transaction writes.
  void on_writes(const transaction& writes) noexcept;
  void on_placed() noexcept { ++placed_; }
  void on_refused() noexcept { ++refused_; }

  /// Appends the counters and histograms.
  void snapshot(metric_snapshot& out) const;

 private:
  std::array<std::uint64_t, static_cast<std::size_t>(enum_last(transition{})) + 1> transitions_{};
  std::uint64_t placed_ = 0;
  std::uint64_t refused_ = 0;
  duration_histogram queue_;
  duration_histogram run_;
};

}  // namespace dunlin

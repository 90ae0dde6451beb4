// SPDX-License-Identifier: Apache-2.0
// One child from its start to its report. Lives on the thread of its host; time comes in.
#pragma once

#include <functional>
#include <memory>

#include "actors/process/child_options.hpp"
#include "actors/process/child_report.hpp"
#include "actors/process/spawn.hpp"

namespace dunlin {

using steady_time = std::chrono::steady_clock::time_point;

class child_process {
 public:
  /// Where a child connects to us; the order in which its end is read.
  enum class wire : std::uint8_t { ended, output, errors, channel };

  /// Most bytes that may wait to be written to a child.
  static constexpr std::size_t write_cap_bytes = 4 << 20;

  child_process(child_options options, std::function<void(bytes_view)> on_channel);

  /// Kills the whole group and removes the home.
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Makes the home below `work_root` and starts. Errors: not_found, io_failed.
  result<void> start(const std::string& work_root, steady_time now);

  /// Returns the descriptor of a wire; -1 if it is closed.
  [[nodiscard]] int fd(wire w) const noexcept;
  [[nodiscard]] bool wants_to_write() const noexcept { return !unsent_.empty(); }

  /// Reads what a wire has; closes it at its end.
  void on_readable(wire w, steady_time now);
  void on_writable();

  /// Queues bytes for the channel. Errors: link_down, overloaded.
  result<void> write(bytes_view raw);

  /// Asks the group to end (SIGTERM), and `grace` later makes it (SIGKILL). The first reason counts.
  void kill(errc why, steady_time now);
  void kill_at_once(errc why, steady_time now);

  /// Kills after `timeout` from now; 0 = no more. The output counts from 0 again; a tail of it is forgotten.
  void limit(std::chrono::milliseconds timeout, steady_time now);

  /// Kills what is due.
  void on_tick(steady_time now);

  /// Returns when `on_tick` has something to do.
  [[nodiscard]] steady_time next_tick() const noexcept;

  /// True once the process is gone, or the system does not let it go.
  [[nodiscard]] bool is_over() const noexcept { return over_; }

  [[nodiscard]] bool is_ending() const noexcept { return over_ || report_.killed != errc::none; }

  /// Collects the process and says how it ended. Call once, when it is over.
  child_report take_report(steady_time now);

  /// Returns the CPU time used so far; 0 if it cannot be read.
  [[nodiscard]] std::uint64_t cpu_ns() const noexcept;
  [[nodiscard]] std::string last_lines() const;

 private:
  descriptor& wire_of(wire w) noexcept;
  void capture(wire w, bytes_view raw, steady_time now);
  void drain(wire w, steady_time now);
  void reap();
  void signal_group(int signal) const noexcept;

  static constexpr steady_time never = steady_time::max();
  static constexpr std::chrono::seconds patience_after_kill{10};

  child_options options_;
  std::function<void(bytes_view)> on_channel_;
  std::string home_;
  spawned_child child_;
  child_report report_;
  bytes unsent_;
  std::uint64_t written_ = 0;  // by the child, against its cap
  steady_time started_{};
  steady_time terminate_at_ = never;
  steady_time kill_at_ = never;
  steady_time lost_at_ = never;
  bool over_ = false;
  bool reaped_ = false;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// The one thread that starts children, reads them, kills what is late and collects what has ended.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "actors/process/child_options.hpp"
#include "actors/process/child_report.hpp"
#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin {

struct process_host_options {
  std::uint32_t max_children = 256;
  std::size_t max_orders = 65'536;  ///< calls that may wait for the thread
  std::string work_root;  ///< where children get their directories; empty = the system's place for temporaries
};

/// What a host tells of one child, on its own thread: be short.
struct child_events {
  std::function<void(bytes_view)> channel;  ///< bytes from descriptor 3; may be empty
  std::function<void(child_report)> end;    ///< exactly once, last
};

/// Runs children. A descendant that opens a session of its own leaves the group and outlives a kill: only a control
/// group could hold it. Thread: any; orders of one thread are carried out in order.
class DUNLIN_EXPORT process_host {
 public:
  /// Errors: io_failed.
  static result<std::unique_ptr<process_host>> make(process_host_options options = {});

  /// Kills every child with its group, reports their ends (`shutting_down`), ends the thread.
  ~process_host();
  process_host(const process_host&) = delete;
  process_host& operator=(const process_host&) = delete;

  /// Starts a child; what goes wrong after this is in its report. Errors: overloaded, shutting_down.
  result<child_id> start(child_options options, child_events events);

  /// Sends bytes to the child's channel. A child that does not read them is killed.
  void write(child_id child, bytes raw);

  /// Kills the child with its group, first politely. `why` is in its report.
  void kill(child_id child, errc why);

  /// Gives the child `timeout` from now instead of what it had; 0 = no end. Its output counts from 0 again.
  void limit(child_id child, std::chrono::milliseconds timeout);

  /// Runs `order` on the host's thread. Errors: overloaded, shutting_down.
  result<void> post(std::function<void()> order);

  /// Returns the CPU time a child has used so far, 0 if unknown. Thread: the host's.
  [[nodiscard]] std::uint64_t cpu_ns(child_id child) const;

  /// Returns true if the child has ended or is being killed. Thread: the host's.
  [[nodiscard]] bool is_ending(child_id child) const;

  /// Returns the last lines a child wrote so far. Thread: the host's.
  [[nodiscard]] std::string last_lines(child_id child) const;

 private:
  class loop;
  explicit process_host(std::unique_ptr<loop> running);
  std::unique_ptr<loop> loop_;
};

}  // namespace dunlin

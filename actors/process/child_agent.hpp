// SPDX-License-Identifier: Apache-2.0
// The node's side of an agent in a process.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "actors/process/agent_frames.hpp"
#include "actors/process/process_host.hpp"

namespace dunlin {

/// How one task in a child ended.
struct child_task_end {
  result<bytes> outcome;
  bool crashed = false;  ///< the process died on its own
  task_usage usage;      ///< run and CPU time; `peak_bytes` only if the process ended with the task
};

/// Answers a question of a child; call it once, from any thread. After the end of the task it does nothing.
using child_reply = std::function<void(result<bytes>)>;

/// What a child tells of its task, on the host's thread: be short.
struct child_task_events {
  std::function<void(std::string type, bytes body, child_reply reply)> question;  ///< empty = none is answered
  std::function<void(task_progress)> progress;                                    ///< may be empty
  std::function<void(bytes)> checkpoint;                                          ///< may be empty
  std::function<void(child_task_end)> done;                                       ///< exactly once, last
};

/// An agent in a child process, which is started with the first task and again after it died. Runs one task at a time.
/// Thread: any. The host must outlive it.
class DUNLIN_EXPORT child_agent : public std::enable_shared_from_this<child_agent> {
 public:
  /// `program` needs only what to run: channel, output and time limits are set here.
  static std::shared_ptr<child_agent> make(process_host& host, child_options program);

  /// Runs a task; past `timeout` (0 = none) the process group is killed and the task ends with `timeout`.
  /// Errors: conflict (one runs), overloaded, shutting_down.
  result<void> run(child_order order, std::chrono::milliseconds timeout, child_task_events events);

  /// Kills the process; the running task ends with `why`.
  void cancel(errc why);

  /// Ends the process when no task needs it any more; a later task starts another one.
  void stop();

  [[nodiscard]] bool is_busy() const noexcept { return busy_; }

 private:
  using clock = std::chrono::steady_clock;
  struct task {
    child_task_events events;
    std::uint64_t number = 0;
    clock::time_point began;
    std::uint64_t cpu_before = 0;
  };

  child_agent(process_host& host, child_options program);

  // on the host's thread
  void begin(const child_order& order, std::chrono::milliseconds timeout, child_task_events events);
  result<void> ensure_child();
  void on_bytes(child_id child, bytes_view raw);
  bool on_frame(const agent_frame& frame);
  bool on_outcome(child_outcome outcome);
  void on_question(child_question question);
  void answer(std::uint64_t task_number, result<bytes> with);
  void on_end(child_id child, const child_report& report);
  void finish(child_task_end end);
  [[nodiscard]] child_task_end ended(result<bytes> outcome) const;

  process_host& host_;
  child_options program_;
  std::atomic<bool> busy_{false};
  child_id child_;
  frame_cutter frames_;
  std::optional<task> task_;
  std::uint64_t tasks_ = 0;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// What the acting folders offer or need. Each port is implemented in one folder and used in another; neither includes
// the other, both include this.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "coordination/messages.hpp"
#include "coordination/observe/views.hpp"
#include "coordination/result.hpp"
#include "coordination/sharing/turns/share_gate.hpp"
#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// Called exactly once, from any thread.
template <class T>
using completion = std::function<void(result<T>)>;

// -- store

/// Keeps tasks. Implemented in `store/`. Thread: `commit` from one caller, the readers from any.
class DUNLIN_EXPORT store_port {
 public:
  virtual ~store_port() = default;

  /// Applies `writes` as one transaction; `done` is called when they are durable, in the order of the calls, from the
  /// store's own thread or, by a store without one, before `commit` returns. Changes of an unknown task do nothing.
  /// What is left of `writes` is worth no more than its memory.
  /// Errors (through `done`): stale_term, overloaded, conflict (an inserted id is known), store_unavailable, corrupt.
  virtual void commit(transaction&& writes, completion<void> done) = 0;

  /// Calls `visit` with every stored task, oldest id first. Errors: store_unavailable, corrupt.
  virtual result<void> visit_all(const std::function<void(task_record&&)>& visit) = 0;

  /// Errors: not_found, store_unavailable, corrupt.
  virtual result<task_record> find(const task_id& id) = 0;

  /// Returns matching tasks by rising id, without payload and output.
  virtual result<std::vector<task_record>> list(const task_filter& filter) = 0;

  /// Returns the events of a task with a sequence above `after`, oldest first, at most `limit`.
  virtual result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit) = 0;

  /// Takes the leader term: returns the highest recorded term plus one and records it.
  virtual result<std::uint32_t> next_term() = 0;
};

// -- devices

struct device_properties {
  device_id id;
  std::string kind;  ///< `cpu` or `cuda`
  std::string name;
  std::uint32_t compute_units = 0;  ///< worker slots or SMs
  std::uint64_t memory_bytes = 0;
  std::string enforcement;      ///< `hard`, or why only `advisory`
  std::string shared_as = {};   ///< what all nodes that work on it call it; empty = it is this node's alone
  double bytes_per_second = 0;  ///< into its memory; 0 = not known, or it works on the host's
};

/// What a device measures of itself.
struct device_telemetry {
  bool measures_busy = false;
  std::uint64_t busy_ns = 0;     ///< time of all its units together since it was opened, going on while a step runs
  std::uint64_t held_bytes = 0;  ///< of its memory, what holders have set aside
  std::vector<pool_figures> pool = {};  ///< at most one; none = nobody has asked it for memory yet
  std::vector<device_sensor> sensors = {};
};

/// What a step did, measured by the device.
struct step_report {
  result<void> outcome;  ///< device_faulted or device_lost: nothing may run on the device any more
  std::uint64_t wall_ns = 0;
  std::uint64_t busy_ns = 0;  ///< thread CPU time on the CPU device, event time on CUDA
};

/// Work for a device, in the order of its queue.
struct device_step {
  std::uint64_t queue = 0;                ///< steps of one queue run one after the other; 0 = no order
  fencing_token token = 0;                ///< refused if the device has seen a higher one for this queue; 0 = no lease
  std::function<result<void>()> run;      ///< on an executor thread; an exception becomes handler_threw
  std::function<void(step_report)> done;  ///< from an executor thread, exactly once
};

class device_work;  // gpu/device_work.hpp

/// A device that runs steps. Implemented in `gpu/`. Thread: any.
class DUNLIN_EXPORT device_port {
 public:
  virtual ~device_port() = default;
  [[nodiscard]] virtual device_properties properties() const = 0;

  [[nodiscard]] virtual device_telemetry telemetry() const { return {}; }

  /// Whether it works, as far as it knows. Errors: device_faulted, device_lost, with what happened: nothing may run
  /// there any more.
  [[nodiscard]] virtual result<void> health() const { return {}; }

  /// Called now and then while its node lives: a device that was left alone for a while joins its free memory and gives
  /// back what it can do without, on a thread of its own.
  virtual void tidy(time_point now) { static_cast<void>(now); }

  /// Queues a step. Errors: overloaded (queue full), fenced_off, shutting_down.
  virtual result<void> submit(device_step step) = 0;

  /// Refuses every later step of `queue` with a lower token, also those queued but not begun. Steps without a lease
  /// pass, except for `lowest` ~0, which closes the queue for good.
  virtual void fence(std::uint64_t queue, fencing_token lowest) = 0;

  /// Gives up the thread that runs the current step of `queue`, reports `stuck_handler`, closes the queue and replaces
  /// the thread. Returns false if none runs, and for queue 0, whose steps have no order.
  virtual bool abandon(std::uint64_t queue) = 0;

  /// Where its holders take turns; null if it knows no turns. Lives as long as the device.
  virtual share_gate* gate() = 0;

  /// Memory with a hard cap for one holder, by the name that others read who find too little left; counts against the
  /// device. Errors: quota_exceeded, with who holds how much.
  virtual result<std::shared_ptr<std::pmr::memory_resource>> reserve(std::uint64_t cap_bytes,
                                                                     const std::string& holder) = 0;

  /// Opens what a holder's steps work with on a device that works on its own, with memory to a cap as by `reserve`;
  /// null where the thread that runs a step does the work itself. Errors: as `reserve`, device_lost.
  virtual result<std::shared_ptr<device_work>> open_work(agent_id holder, std::uint64_t cap_bytes,
                                                         const std::string& name) {
    static_cast<void>(holder), static_cast<void>(cap_bytes), static_cast<void>(name);
    return nullptr;
  }
};

// -- the service that a running swarm offers to gateways

/// Everything a client can ask of a swarm. Implemented in `actors/`, used by `net/` and `cli/`. Thread: any;
/// completions come from another thread. Each call ends: with an answer, or with `timeout` or `shutting_down`.
class DUNLIN_EXPORT service {
 public:
  virtual ~service() = default;

  /// All or nothing. Errors: every input error with its field path, overloaded, store_unavailable.
  virtual void submit(std::vector<task_spec> batch, completion<std::vector<submit_answer>> done) = 0;
  virtual void find(task_id id, completion<task_record> done) = 0;
  virtual void list(task_filter filter, completion<std::vector<task_record>> done) = 0;
  virtual void events(task_id id, std::uint64_t after, std::uint32_t limit,
                      completion<std::vector<task_event>> done) = 0;

  /// Cancels; a running task is asked to stop. Errors: not_found, conflict (already ended).
  virtual void cancel(task_id id, completion<task_record> done) = 0;

  /// Forgets terminal tasks; returns how many. Errors: conflict (one named task that still runs).
  virtual void erase(std::vector<task_id> ids, completion<std::uint64_t> done) = 0;
  virtual void explain(task_id id, completion<task_explanation> done) = 0;
  virtual void nodes(completion<std::vector<node_view>> done) = 0;
  virtual void agents(completion<std::vector<agent_view>> done) = 0;
  virtual void devices(completion<std::vector<device_view>> done) = 0;
  /// Every lock that a task holds or waits for, by name.
  virtual void locks(completion<std::vector<lock_view>> done) = 0;
  virtual void metrics(completion<metric_snapshot> done) = 0;

  /// Empty = ready; else what is missing, in words.
  virtual void readiness(completion<std::string> done) = 0;

  /// Shares a device of a node in another way from now on; those that hold a share go on under new contracts.
  /// Errors: not_found (node, device), not_supported (pattern), invalid_argument with the option as its path.
  virtual void coordinate(std::string node, coordinate_order order, completion<void> done) = 0;

  /// Stops placing on a node and lets it finish.
  virtual void drain(std::string node, completion<void> done) = 0;

  /// Drains the whole swarm, then stops it.
  virtual void shut_down(completion<void> done) = 0;
};

}  // namespace dunlin

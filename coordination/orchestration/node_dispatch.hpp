// SPDX-License-Identifier: Apache-2.0
// The node's half of placement. The leader granted tasks to this node; here each meets an agent, and a device lease if
// it needs one. Tasks wait by effective priority (priority plus age); an agent runs one task at a time; a handler that
// outlives its time is asked to stop and, if it ignores that, abandoned.
//
// Invariants: a grant is answered by exactly one outcome or return; no more than `max_concurrent` tasks run; a task
// whose lease lapsed is stopped before the leader may grant it again.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coordination/backends/task_backends.hpp"
#include "coordination/orchestration/node_actions.hpp"
#include "coordination/orchestration/node_rows.hpp"
#include "coordination/orchestration/outbox.hpp"
#include "coordination/orchestration/renewal_clock.hpp"
#include "coordination/scheduling/placement_policy.hpp"
#include "coordination/scheduling/ready_queue.hpp"
#include "coordination/scheduling/worker_index.hpp"
#include "coordination/tasks/shape_table.hpp"

namespace dunlin {

struct node_dispatch_config {
  std::uint32_t max_concurrent = 32;
  std::uint32_t max_threads = 0;  ///< tasks with isolation `thread` and without a device that run at once, so that none
                                  ///< waits where its timeout counts already; 0 = as many as there are agents
  std::uint32_t max_holders = 64;  ///< tasks with isolation `thread` that have a share of a device, or wait for one
  std::vector<node_device> devices = {node_device{}};
  duration lease = 15s;
  duration renew_every = 5s;
  duration stop_patience = 1s;    ///< from the request to stop until a handler is abandoned
  std::uint32_t stuck_limit = 3;  ///< abandoned handlers until the node restarts
  duration aging_step = 10s;
  duration lease_hold = 1s;               ///< how long one agent may keep a device lease while equal tasks wait for it
  std::uint32_t batch_limit = 1'024;      ///< most outcomes or starts in one message, at least 1
  breaker_limits breaker = {};            ///< of each backend
  std::uint64_t max_memory_per_task = 0;  ///< bytes of the host; 0 = no limit
};

class DUNLIN_EXPORT node_dispatch {
  /// Which of this node's threads tasks of one shape run on, by their variants.
  struct thread_need {
    bool of_holders = false;
    bool of_others = false;
  };

 public:
  explicit node_dispatch(node_dispatch_config config);
  ~node_dispatch();

  /// Adds an agent; its id is unique within this node's life.
  agent_id on_agent_up(const agent_class& its_class);

  /// The agent died; what it ran has crashed.
  void on_agent_down(agent_id agent, const std::string& why, time_point now, node_effects& out);

  /// `wall` is what the batch's deadlines count in; 0 = not known: the leader alone keeps them.
  void on_grants(grant_batch&& batch, time_point now, node_effects& out, wall_ms wall = 0);

  /// `by_device`: what failed is not the handler's word but that of this device, which is believed when it says that it
  /// broke, also when the task is the agent's no more.
  void on_finished(agent_id agent, task_outcome&& outcome, time_point now, node_effects& out,
                   std::optional<device_id> by_device = {});

  /// The device says that it broke. What worked or waited there goes on elsewhere; who worked there alone broke it.
  void on_device_broke(device_id device, const std::string& why, time_point now, node_effects& out);
  void on_progress(agent_id agent, progress_item&& item);

  /// The handler waits until the members of its group have come, or waits no longer. Those that it waits for may be
  /// tasks that have no thread yet, so it counts for none meanwhile.
  void on_awaits_group(agent_id agent, const task_epoch& task, bool waits);
  void on_checkpoint(agent_id agent, checkpoint_item&& item);
  void on_cancel(const cancel_order& order, time_point now, node_effects& out);

  /// A task that waits here moves up, as if it had come with this priority.
  void on_priority(const priority_order& order);

  void on_lease_granted(agent_id agent, device_id device, lease_id lease, fencing_token token, time_point now,
                        node_effects& out);

  /// The coordinator refused or took back the lease: a task that has not begun goes back to the leader with the reason,
  /// one that runs is stopped.
  /// `lease`: the one that has ended; 0 = what the agent asked for was refused. Nothing is done about one that it no
  /// longer has.
  void on_lease_lost(agent_id agent, device_id device, lease_id lease, const error& why, time_point now,
                     node_effects& out);

  /// The coordinator keeps the share free: the task starts when its time has come.
  void on_reserved(agent_id stand_in);

  /// It cannot: the task goes back to the leader with the reason.
  void on_reservation_refused(agent_id stand_in, const error& why);

  void on_receipts(const receipt_batch& batch);
  void on_renewed(const lease_renewed& answer, time_point now, node_effects& out);

  /// A leader took over or came back: says again what it may have missed.
  void on_leader_up(node_effects& out);

  /// Returns what waits and lets the rest finish; what still runs after `patience` is stopped and may run elsewhere.
  /// `drained` follows when nothing is left. Of several orders the shortest counts.
  void on_drain(time_point now, node_effects& out, duration patience = drain_order{}.patience);

  /// Stops what is over its time, abandons what ignores it, renews leases. Call every 100 ms or less.
  void on_tick(time_point now, node_effects& out);

  /// Hands waiting tasks to free agents and packs what the leader should know. Call when the mailbox is drained.
  void flush(time_point now, node_effects& out);

  [[nodiscard]] std::vector<task_epoch> held() const;
  [[nodiscard]] std::uint32_t running() const noexcept { return running_; }
  [[nodiscard]] std::uint32_t queued() const noexcept { return queued_; }
  /// Returns whether there is work, or an outcome that the leader has not acknowledged: then `on_tick` is needed.
  [[nodiscard]] bool needs_clock() const noexcept { return running_ + queued_ > 0 || !outbox_.empty(); }
  [[nodiscard]] std::uint32_t stuck_handlers() const noexcept { return stuck_; }
  [[nodiscard]] bool draining() const noexcept { return draining_; }
  /// Returns why nothing is placed on the device any more; empty if it is in use.
  [[nodiscard]] const std::string& quarantined(device_id device) const { return backends_.quarantined(device); }
  [[nodiscard]] const task_backends& backends() const noexcept { return backends_; }

 private:
  const agent_class* intern(const agent_class& its_class);
  shape_id intern(const task_shape& shape);
  bool has_device(const affinity& where) const noexcept;
  bool can_serve(shape_id shape) const;
  [[nodiscard]] thread_need need_of(const task_shape& shape) const;
  [[nodiscard]] bool has_thread(const thread_need& need) const noexcept;
  std::uint32_t& threads_of(const agent_row& row);
  bool has_room(shape_id shape) const;
  void forget_idle_shapes();
  agent_row* find(agent_id agent) noexcept;
  agent_row* find_running(const task_epoch& task) noexcept;
  void remove_agent(agent_row& row);

  void park(task_grant&& grant, shape_id shape, time_point now, wall_ms wall, node_effects& out);
  waiting_task unpark(std::uint32_t index);
  void withdraw(std::uint32_t index, node_effects& out);
  bool is_waiting(task_slot slot) const noexcept;
  void refuse(const task_epoch& task, errc code, std::string why);

  void enter(const agent_row& row);
  void leave(agent_row& row);
  void assign(agent_row& row, waiting_task&& task, time_point now, node_effects& out);
  void start(agent_row& row, time_point now, node_effects& out);
  void free_agent(agent_row& row, time_point now, node_effects& out);
  bool asks_for_lease(agent_row& row, const task_shape& shape, node_effects& out);
  bool reuse_lease(agent_row& row, shape_id shape, time_point now, node_effects& out);
  void release(agent_row& row, node_effects& out);
  void reserve(std::uint32_t index, time_point now, node_effects& out);
  waiting_task* find_reserving(agent_id stand_in) noexcept;
  void begin_reserved(time_point now);
  static void end_reserved(agent_row& row, node_effects& out);
  [[nodiscard]] ask_lease wanted_lease(agent_id agent, device_id device, const task_shape& shape, std::uint8_t variant,
                                       bool in_steps) const;

  result<void> choose_backend(agent_row& row, time_point now);
  [[nodiscard]] result<void> use_named_device(const task_shape& shape, std::uint8_t variant) const;
  void proceed(agent_row& row, time_point now, node_effects& out);
  void turn_away(agent_row& row, error&& why, time_point now, node_effects& out);
  bool goes_elsewhere(agent_row& row, time_point now, node_effects& out);
  bool settle_backend(agent_row& row, task_outcome& outcome, bool by_device, time_point now, node_effects& out);
  bool does_without(agent_row& row, const error& why, time_point now, node_effects& out);
  static void say_what_failed(const agent_row& row, task_outcome& outcome);
  void note_device(const agent_row& row, task_usage& usage) const;
  void quarantine(device_id device, const std::string& why, const agent_row* reporter, time_point now,
                  node_effects& out);
  [[nodiscard]] bool works_on(const agent_row& row, device_id device) const;
  void blame_who_was_alone(device_id device);
  void note_fault(const agent_row& row, task_outcome& outcome) const;
  void leave_queue(agent_row& row, time_point now, node_effects& out);

  void request_stop(agent_row& row, errc why, time_point now, node_effects& out);
  void abandon(agent_row& row, time_point now, node_effects& out);
  void check(agent_row& row, time_point now, node_effects& out);
  void renew(time_point now, node_effects& out);
  void repeat_starts();
  void repeat_outcomes(time_point now, node_effects& out);
  void give_up_lapsed(time_point now, node_effects& out);
  void stop_all(errc why, time_point now, node_effects& out);
  void finish_drain(node_effects& out);
  void pack(node_effects& out);

  static constexpr std::size_t max_idle_shapes = 1'024;

  node_dispatch_config config_;
  worker_index workers_;
  std::unique_ptr<placement_policy> policy_;
  ready_queue ready_;
  shape_table shapes_;
  std::vector<shape_id> known_shapes_;
  std::vector<thread_need> thread_needs_;              ///< by shape
  std::vector<std::unique_ptr<agent_class>> classes_;  ///< each once, however many agents are of it
  std::vector<agent_row> agents_;                      ///< by worker slot
  std::vector<waiting_task> waiting_;                  ///< by slot index
  std::vector<std::uint32_t> free_waiting_;
  std::vector<std::uint32_t> reserving_;  ///< slot indices of those that wait for what they have reserved to begin
  std::uint64_t stand_ins_ = 0;           ///< so many there were
  task_backends backends_;
  outbox outbox_;
  renewal_clock renewals_;
  std::vector<task_epoch> started_;
  std::vector<backend_note> chosen_;
  std::vector<progress_item> progress_;
  std::vector<checkpoint_item> checkpoints_;
  std::vector<task_epoch> returned_;
  std::vector<outcome_batch> batches_;  ///< reused
  std::uint32_t running_ = 0;
  std::uint32_t threads_ = 0;  ///< of the running ones, those with isolation `thread` and without a device
  std::uint32_t holders_ = 0;  ///< of the running ones, those with isolation `thread` and a device
  std::uint32_t queued_ = 0;
  std::uint32_t stuck_ = 0;
  std::uint64_t outcomes_sent_ = 0;  ///< newest batch when it was last seen to that all have arrived
  time_point outcomes_seen_to_{};
  bool room_freed_ = false;
  bool draining_ = false;
  bool said_drained_ = false;
  time_point drain_until_{};
  std::string restart_why_;  ///< empty = none is needed
};

}  // namespace dunlin

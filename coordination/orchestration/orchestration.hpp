// SPDX-License-Identifier: Apache-2.0
// The leader's decisions, composed: the task table says what is ready, the ready queue says what is next, the policy
// says where, the membership view says who lives. Clients and nodes come in, effects go out; nothing here knows how a
// message travels or what time it is.
//
// Invariants: a grant leaves only after it is stored (commit barrier); a node is never granted more than it offered; a
// task that no live node could ever run is refused at submit; no two tasks that name the same lock run at once.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "coordination/membership/view.hpp"
#include "coordination/observe/leader_metrics.hpp"
#include "coordination/orchestration/leader_actions.hpp"
#include "coordination/orchestration/leader_nodes.hpp"
#include "coordination/orchestration/listener_book.hpp"
#include "coordination/scheduling/locks/lock_table.hpp"
#include "coordination/scheduling/placement_policy.hpp"
#include "coordination/scheduling/ready_queue.hpp"
#include "coordination/scheduling/worker_index.hpp"
#include "coordination/sharing/patterns/share_options.hpp"
#include "coordination/sharing/shared_device/device_homes.hpp"
#include "coordination/tasks/task_table.hpp"

namespace dunlin {

struct orchestration_config {
  task_table_config tasks;
  membership_timing members;
  std::string policy = "capability";
  duration aging_step = 10s;          ///< waiting this long weighs as much as one step of priority
  std::uint32_t batch_limit = 1'024;  ///< most grants in one message to a node, at least 1
  incarnation own_node;               ///< the one in the leader's process; 0 = there is none

  /// After this go on the epochs of homes of devices that nodes share; 0 = after those of all earlier terms, where each
  /// has named fewer than 65 536.
  std::uint32_t last_home_epoch = 0;
};

class DUNLIN_EXPORT orchestration {
 public:
  /// Errors: invalid_argument (unknown policy).
  static result<std::unique_ptr<orchestration>> make(const orchestration_config& config, std::uint64_t seed,
                                                     std::uint32_t term);
  ~orchestration();

  // -- clients

  /// `listener` != 0: `notify_ended` follows when each of these tasks ends.
  void on_submit(request_id request, std::vector<task_spec>&& batch, std::uint64_t listener, instant at,
                 leader_effects& out);
  void on_cancel(request_id request, const task_id& id, instant at, leader_effects& out);
  /// `stored`: what the store has of the task; the table keeps no payload of ended ones.
  void on_requeue(request_id request, task_record&& stored, instant at, leader_effects& out);
  void on_erase(request_id request, const std::vector<task_id>& ids, leader_effects& out);
  /// A node that is started again is told anew. A device that nodes share is shared so whichever of them is named.
  /// Errors (through `answer_count`): not_found (node, device), not_supported (stages over several nodes), and those
  /// of `make_rule`.
  void on_coordinate(request_id request, const std::string& node, const coordinate_order& order, leader_effects& out);
  void on_drain(request_id request, const std::string& node, instant at, leader_effects& out);

  /// Chooses another placement policy for every later decision. Errors: invalid_argument.
  result<void> on_policy(const std::string& name);

  // -- nodes

  void on_report(node_report&& report, instant at, leader_effects& out);
  void on_heartbeat(incarnation node, const heartbeat& beat, instant at, leader_effects& out);
  void on_starts(incarnation node, const start_batch& batch, instant at, leader_effects& out);
  void on_outcomes(incarnation node, outcome_batch&& batch, instant at, leader_effects& out);
  void on_progress(incarnation node, const progress_batch& batch, instant at, leader_effects& out);
  void on_checkpoints(incarnation node, checkpoint_batch&& batch, instant at, leader_effects& out);
  void on_renewal(incarnation node, const lease_renewal& renewal, instant at, leader_effects& out);
  void on_returned(incarnation node, const return_batch& batch, instant at, leader_effects& out);
  void on_leaving(incarnation node, const node_leaving& message, instant at, leader_effects& out);

  /// The connection ended. `reaped`: the process is known to be gone, so its leases end at once.
  void on_disconnected(incarnation node, bool reaped, const std::string& why, instant at, leader_effects& out);

  // -- time

  /// Leases, deadlines, backoffs, silent nodes. Call every 250 ms or less.
  void on_tick(instant at, leader_effects& out);

  /// Places what is ready and packs grants. Call when the mailbox is drained.
  void flush(instant at, leader_effects& out);

  // -- the store

  /// From the store, any order, before `finish_restore`.
  result<void> restore(task_record&& record, instant at);
  void finish_restore(instant at, leader_effects& out);

  /// The store refused a transaction: returns to what it holds. Rows not in `stored` are forgotten; `dropped` is what
  /// was to be done after it and never will be.
  void on_commit_failed(std::span<const leader_action> dropped, std::span<const task_id> touched,
                        std::vector<task_record>&& stored, instant at);

  // -- observers

  [[nodiscard]] task_explanation explain(const task_id& id) const;
  [[nodiscard]] std::vector<node_view> nodes() const;
  [[nodiscard]] std::vector<agent_view> agents() const;
  [[nodiscard]] std::vector<device_view> devices() const;
  [[nodiscard]] std::vector<lock_view> locks(time_point now) const;
  [[nodiscard]] metric_snapshot metrics() const;
  /// Returns the process number of a connected node, 0 if it is unknown.
  [[nodiscard]] std::uint64_t pid_of(incarnation node) const noexcept;
  [[nodiscard]] const task_table& tasks() const noexcept { return table_; }
  [[nodiscard]] std::string_view policy() const noexcept;
  /// Returns the places taken in the ready queue; cancelled tasks leave theirs later.
  [[nodiscard]] std::size_t queued() const noexcept { return ready_.size(); }

 private:
  orchestration(const orchestration_config& config, std::uint64_t seed, std::uint32_t term);

  [[nodiscard]] lock_wish wish_for_locks(task_slot slot, time_point since) const;
  void free_locks(instant at, leader_effects& out);
  void free_locks_of(const task_id& id, instant at, lock_effects& news);
  void free_stopped(instant at, leader_effects& out);
  void remember_stopping(const task_record& stored, instant at);
  void take_back_locks(std::span<const task_id> touched, instant at);
  [[nodiscard]] bool take_locks(const ready_task& task, instant at, leader_effects& out);
  void follow(const lock_effects& news, instant at, leader_effects& out);
  void follow_one(const locks_taken& news, instant at, leader_effects& out);
  void follow_one(const lock_lent& news, instant at, leader_effects& out);
  [[nodiscard]] bool is_stranded(const ready_task& task);
  void review_locks(instant at, leader_effects& out);
  void note_stopping(const stop_order& order, instant at);
  void note_stopped(const task_epoch& task, instant at, leader_effects& out);
  void note_gone(owner_slot owner, instant at, leader_effects& out);
  void keep_locks(instant at, leader_effects& out);
  void say_priorities(const leader_node& node, std::span<const task_epoch> held, leader_effects& out);
  [[nodiscard]] std::string locks_in_words(const task_id& task) const;

  result<void> check_feasible(const std::vector<task_spec>& batch) const;
  result<void> feasible(const task_shape& shape, const std::string& path) const;
  /// Where a task goes, and by which of its variants.
  struct place {
    worker_slot worker;
    std::uint8_t variant;
  };
  bool goes_back(const queued_task& task, instant at);
  [[nodiscard]] bool can_place(shape_id shape) const;
  [[nodiscard]] std::optional<place> find_place(shape_id shape);
  [[nodiscard]] std::optional<place> find_free_place(shape_id shape) const;
  [[nodiscard]] std::size_t pending() const noexcept;
  void count_loads();
  void admit_ready(instant at, leader_effects& out);
  void enqueue(const ready_task& task);
  void define_shape(shape_id shape);
  void forget_retired_shapes();
  void grant(const queued_task& task, const place& where, instant at, leader_effects& out);
  void pack(task_grant&& grant, shape_id shape, leader_node& node, leader_effects& out);
  void send_grants(leader_node& node, leader_effects& out);
  void pack_grants(leader_effects& out);
  void note_ended(leader_effects& out);
  void stop(const stop_order& order, leader_effects& out);
  void take_back(const leader_action& dropped);
  void join(leader_node* node, node_report&& report, instant at, leader_effects& out);
  void update(leader_node& node, node_report&& report);
  void set_eligible(const leader_node& node);
  void open_or_close(leader_node& node);
  [[nodiscard]] result<const device_summary*> find_device(const leader_node* node, const std::string& name,
                                                          const coordinate_order& order) const;
  void share_as_before(const leader_node& node, leader_effects& out) const;
  void note_sharer(const leader_node& node, instant at);
  void note_epochs(const leader_node& node, instant at);
  void show_shared(const leader_node& node, device_view& view) const;
  void drain(leader_node& node, leader_effects& out);
  leader_node* heard(incarnation life, instant at, leader_effects& out);
  void apply(const membership_effects& news, instant at, leader_effects& out);
  void apply_one(const node_suspect& news, instant at, leader_effects& out);
  void apply_one(const node_back& news, instant at, leader_effects& out);
  void apply_one(const node_down& news, instant at, leader_effects& out);
  void apply_one(const node_left& news, instant at, leader_effects& out);
  void lose(leader_node& node, bool reaped, const std::string& why, instant at, leader_effects& out);
  [[nodiscard]] pending_reason why_waiting(shape_id shape) const;
  [[nodiscard]] node_verdict judge(const leader_node& node, const task_shape& shape) const;

  worker_index workers_;
  std::unique_ptr<placement_policy> policy_;
  ready_queue ready_;
  lock_table locks_;
  std::unordered_map<task_id, grant_holder> stopping_;  ///< holders of locks that have ended, but may still work
  task_table table_;
  membership_view members_;
  leader_nodes nodes_;
  std::map<std::pair<std::string, device_id>, share_options> coordinated_;  ///< what operators said last of each device
  device_homes homes_;                                                      ///< of those that nodes share
  incarnation own_node_;
  leader_metrics metrics_;
  std::vector<bool> defined_;             ///< by shape: known to `workers_`
  std::vector<bool> asks_for_resources_;  ///< by defined shape
  std::vector<ready_task> stranded_;      ///< tasks with locks that no node that is here could run
  listener_book listeners_;
  std::vector<leader_action> receipts_;  ///< of this flush
  duration lease_;
  duration grace_;
  std::uint32_t batch_limit_;
  bool room_freed_ = false;
  bool nodes_changed_ = false;
  bool drains_all_ = false;  ///< whoever joins is told to drain as well
};

}  // namespace dunlin

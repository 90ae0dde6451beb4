// SPDX-License-Identifier: Apache-2.0
// What a user includes to write an agent: derive from `agent`, list the kind, hand both to `run_swarm_program`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <memory_resource>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/collective/take_seat.hpp"
#include "actors/pipeline_stage.hpp"
#include "coordination/codec/fields.hpp"
#include "coordination/messages.hpp"
#include "coordination/sharing/collaborative/bidder.hpp"
#include "gpu/device_work.hpp"
#include "gpu/kernels/kernel_backend.hpp"

namespace dunlin {

class share_kernels;

/// The right to use a device, as granted to a handler. Empty when the task asked for none.
struct device_lease {
  lease_id id;
  device_id device;
  fencing_token token = 0;
  std::uint32_t compute_units = 0;  ///< granted worker slots or SMs
  std::string enforcement;          ///< `hard`, or why less
  sharing_pattern pattern = sharing_pattern::exclusive;
  std::vector<std::uint32_t> units = {};   ///< which of the device's; empty = all
  std::vector<agent_id> shared_with = {};  ///< who takes turns with it
  std::chrono::nanoseconds quantum{0};     ///< busy time of one turn; 0 = no turns
  std::uint64_t memory_bytes = 0;          ///< granted; 0 = none were asked for
  dunlin::enforcement memory_enforcement = dunlin::enforcement::none;
  share_wish requested = {};
  std::uint8_t priority = 5;
};

/// What the runtime does for a running handler. Implemented by the runtime, once per kind of isolation.
class DUNLIN_EXPORT task_host {
 public:
  virtual ~task_host() = default;
  virtual void report(const task_progress& progress) = 0;
  [[nodiscard]] virtual bool cancelled() const noexcept = 0;
  [[nodiscard]] virtual time_point now() const noexcept = 0;
  virtual result<bytes> call(const agent_address& to, std::string type, bytes body, milliseconds patience) = 0;
  virtual result<agent_address> find_agent(std::string kind, std::string node, bool spawn) = 0;
  virtual void save_checkpoint(bytes state) = 0;

  /// Returns the lease under which the next step runs; none if it is the same as before, or the task has none.
  virtual result<std::optional<device_lease>> next_step() = 0;

  /// So many steps are left of the task.
  virtual void set_steps_left(std::uint64_t steps) { static_cast<void>(steps); }

  /// Returns what ended steps used under the lease.
  [[nodiscard]] virtual share_use used() const = 0;

  /// Returns the lease under which the step runs if it was not returned before.
  virtual std::optional<device_lease> newer_lease() { return std::nullopt; }

  /// Errors: not_supported where handlers cannot wait for each other, else those of `task_context::join_group`.
  virtual result<std::unique_ptr<collective_seat>> join_group(const group_wish& wish,
                                                              std::function<kernel_backend&()> kernels);

  /// Errors: not_supported where handlers do not run in steps, else those of `task_context::join_stage`.
  virtual result<stage_host*> join_stage(const std::string& stage);
};

/// One attempt at a task, as its handler sees it. Valid until the handler returns. Thread: the handler's.
class DUNLIN_EXPORT task_context {
 public:
  /// What the runtime knows about the attempt.
  struct attempt_facts {
    task_id id;
    std::uint32_t attempt = 1;
    fencing_token epoch = 0;
    std::optional<time_point> deadline;  ///< end of this attempt
    std::optional<device_lease> lease;
    bytes checkpoint;  ///< what an earlier attempt saved; may be empty
    agent_address self;
    bool plain_kernels = false;           ///< those without SIMD: it failed here
    std::shared_ptr<device_work> device;  ///< null unless the lease is of a device that works on its own
  };

  task_context(attempt_facts facts, bytes payload, task_host& host, std::pmr::memory_resource& memory);
  ~task_context();
  task_context(const task_context&) = delete;
  task_context& operator=(const task_context&) = delete;

  [[nodiscard]] const bytes& payload() const noexcept { return payload_; }
  [[nodiscard]] task_id id() const noexcept { return facts_.id; }

  /// 1 for the first attempt. Use it with the id as a key for side effects that must happen once.
  [[nodiscard]] std::uint32_t attempt() const noexcept { return facts_.attempt; }
  [[nodiscard]] fencing_token epoch() const noexcept { return facts_.epoch; }

  /// True once the task was cancelled or ran out of time: return soon, or be abandoned.
  [[nodiscard]] bool cancelled() const noexcept { return host_.cancelled(); }

  /// Time left in this attempt; nothing if it has no end.
  [[nodiscard]] std::optional<duration> time_left() const noexcept;

  /// The device share that this attempt holds; null if the task asked for none.
  [[nodiscard]] const device_lease* lease() const noexcept { return facts_.lease ? &*facts_.lease : nullptr; }

  /// What this attempt's ended steps used of its device share. `busy_is` is `unmeasured` where nobody measures while
  /// it runs: before the first step ends, without a lease, in a process of its own.
  [[nodiscard]] share_use used() const { return host_.used(); }

  /// Ends a step of work on the device share and waits until the next may begin. Between two calls the share is this
  /// handler's alone; here its turn is handed on, and `lease` may change. A handler that never calls it works in one
  /// long step. Without a lease it returns at once. Errors: cancelled, lease_expired (the share was taken away).
  result<void> next_step();

  /// Serves a stage of the device's pipeline from now on, whatever the pattern in force. One at a time.
  /// Errors: not_found (no such stage), conflict (serves one already, or has no device share), overloaded (as many
  /// serve it as may), lease_expired, not_supported (only handlers with a thread of their own can wait for items).
  result<pipeline_stage> join_stage(const std::string& stage);

  /// Says how many steps are left. Where the device's share is bargained over, the agent's bids then ask for what ends
  /// the task within its deadline; `next_step` counts down.
  void set_steps_left(std::uint64_t steps) { host_.set_steps_left(steps); }

  /// Memory that counts against the task's own cap; `std::bad_alloc` beyond it.
  [[nodiscard]] std::pmr::memory_resource& memory() noexcept { return memory_; }

  /// What this attempt works with on a device that works on its own, such as a GPU: its memory, copies, kernels, code
  /// of the user's. Null where the share is one of the processor, or there is none. All of it is gone with the attempt.
  [[nodiscard]] device_work* device() const noexcept { return facts_.device.get(); }

  /// Kernels (matrix products, reductions, softmax, …) in the order of `device()`, over its memory; where that is null,
  /// over the cores that this attempt's share of the processor has, on this thread alone without one. What they use
  /// counts as this step's. Valid until the next step, the next `join_group` or the next call of a seat.
  [[nodiscard]] kernel_backend& kernels();

  /// Joins the group of a name, to work on arrays together with handlers of other tasks, on this node and on others:
  /// sums, broadcasts, barriers. Waits until all have come. The seat must not outlive the handler. To wait, here and in
  /// each call of the seat, ends the step: the turn goes to others meanwhile, and `lease` may have changed afterwards.
  /// Errors: invalid_argument (the name, the number), conflict (the group is for another number of members), timeout
  /// (not all have come), unreachable (the leader is away, or whoever convened the group), link_down, cancelled,
  /// overloaded, lease_expired, those of the device, not_supported (only handlers with a thread of their own can wait
  /// for others).
  result<std::unique_ptr<collective_seat>> join_group(const group_wish& wish);

  /// Tells the swarm how far the handler is. `items_total` 0 = unknown. Cheap; the newest report wins.
  void progress(int percent, std::string message = {}, std::uint64_t items_done = 0, std::uint64_t items_total = 0);

  /// What an earlier attempt of this task saved; empty if none did.
  [[nodiscard]] const bytes& checkpoint() const noexcept { return facts_.checkpoint; }

  /// Keeps `state` for the next attempt, should this one be lost. At most 192 KiB, and 240 KiB with the payload.
  /// Errors: too_large.
  result<void> save_checkpoint(bytes state);

  [[nodiscard]] const agent_address& self() const noexcept { return facts_.self; }

  /// Starts one more agent of `kind` on `node` (empty = this node). It lives as long as its node: there is no way to
  /// end it sooner, and a node takes 20 000 agents at most. Errors: unknown_kind, unreachable, timeout, overloaded.
  result<agent_address> spawn(std::string kind, std::string node = {}) {
    return host_.find_agent(std::move(kind), std::move(node), true);
  }

  /// Names a running agent of `kind` on `node` (empty = this node). Errors: not_found, unreachable, timeout.
  result<agent_address> find(std::string kind, std::string node = {}) {
    return host_.find_agent(std::move(kind), std::move(node), false);
  }

  /// Sends bytes under a type name and waits for the answer. Works from any node to any node.
  /// Errors: not_found, unreachable, link_down (the receiver's node died), crashed, timeout, or the receiver's own.
  result<bytes> send(const agent_address& to, std::string type, bytes body,
                     milliseconds patience = milliseconds{3'000}) {
    return host_.call(to, std::move(type), std::move(body), patience);
  }

  /// Sends a message struct (`wire_name` and `fields`) and decodes the answer as `Answer`.
  template <class Answer, class Message>
  result<Answer> ask(const agent_address& to, const Message& message, milliseconds patience = milliseconds{3'000}) {
    auto answer = send(to, Message::wire_name, codec::to_wire(message), patience);
    if (!answer) return fail(std::move(answer.error()));
    return codec::from_wire<Answer>(*answer);
  }

 private:
  friend class pipeline_stage;
  void see_lease();

  attempt_facts facts_;
  bytes payload_;
  task_host& host_;
  std::pmr::memory_resource& memory_;
  /// For what lies in the host's memory, whatever the task's device.
  kernel_backend& host_kernels();

  std::unique_ptr<share_kernels> kernels_;  ///< once it was asked for
};

/// A message from another agent.
struct agent_message {
  agent_address from;  ///< empty if the sender gave none
  std::string_view type;
  bytes_view body;

  /// Decodes the body. Errors: wrong_type (another type name), malformed.
  template <class Message>
  result<Message> as() const {
    if (type != Message::wire_name)
      return fail(errc::wrong_type, "got '" + std::string{type} + "', not '" + Message::wire_name + "'");
    return codec::from_wire<Message>(body);
  }
};

/// A user's agent. One object serves one task or message at a time, on one thread at a time, never on a thread that
/// runs actors; it keeps its state between tasks.
class DUNLIN_EXPORT agent {
 public:
  virtual ~agent() = default;

  /// Does the work and returns its result, at most 192 KiB. An exception fails the task with `handler_threw`.
  virtual result<bytes> handle(task_context& task) = 0;

  /// Answers a message of another agent. The default refuses it with `not_supported`.
  virtual result<bytes> receive(const agent_message& message);
};

/// A kind of task and how to make the agents that serve it.
struct agent_kind {
  std::string name;  ///< what a task's `kind` says
  std::vector<std::string> capabilities;
  isolation_mode isolation = isolation_mode::thread;
  std::uint32_t instances = 0;  ///< agents per node; 0 = one per worker slot, on threads at least eight
  std::string version = "1";
  std::function<std::unique_ptr<agent>()> make;

  /// How its agents bargain where a device's share is negotiated; empty = by their measured steps. Called, and the
  /// bidder used, on the agent's actor: be short.
  std::function<std::unique_ptr<bidder>(agent_id, const share_wish&)> make_bidder = {};
};

/// Returns the entry for agent class `Agent`, which must be default-constructible.
template <class Agent>
agent_kind kind_of(std::string name, std::vector<std::string> capabilities = {},
                   isolation_mode isolation = isolation_mode::thread, std::uint32_t instances = 0) {
  return {std::move(name),
          std::move(capabilities),
          isolation,
          instances,
          "1",
          [] { return std::make_unique<Agent>(); },
          {}};
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "actors/agent.hpp"
#include "actors/node/agent_object.hpp"
#include "actors/node/node_context.hpp"
#include "actors/node/progress_slot.hpp"
#include "gpu/cpu/executor.hpp"

namespace dunlin {

/// One attempt in the hands of a handler: what its context may ask of the node. Thread: the handler's; `cancel` any.
class running_task final : public task_host, private stage_host {
 public:
  /// `may_wait`: the handler has a thread of its own, so a question to another agent may block it.
  running_task(const node_context_pointer& node, agent_id agent, const task_order& order, bool may_wait);

  /// A task that ends before `node` does, with a handler that must not wait: it counts no reference.
  running_task(node_context& node, agent_id agent, const task_order& order)
      : node_(std::shared_ptr<void>{}, &node), agent_(agent), task_(order.task), may_wait_(false) {}

  void report(const task_progress& progress) override;
  [[nodiscard]] bool cancelled() const noexcept override { return cancelled_.load(std::memory_order_relaxed); }
  [[nodiscard]] time_point now() const noexcept override { return node_->now(); }
  result<bytes> call(const agent_address& to, std::string type, bytes body, milliseconds patience) override;
  result<agent_address> find_agent(std::string kind, std::string node, bool spawn) override;
  void save_checkpoint(bytes state) override;
  result<std::unique_ptr<collective_seat>> join_group(const group_wish& wish,
                                                      std::function<kernel_backend&()> kernels) override;
  result<std::optional<device_lease>> next_step() override;
  [[nodiscard]] share_use used() const override { return session_ == nullptr ? share_use{} : session_->used(); }
  std::optional<device_lease> newer_lease() override;
  result<stage_host*> join_stage(const std::string& stage) override;

  /// The session of the task's device share, while the handler runs. `device_says`: see `lease_of`.
  void set_session(share_session& session, std::string device_says) {
    session_ = &session;
    device_says_ = std::move(device_says);
    shown_token_ = session.contract().token;
  }

  void set_steps_left(std::uint64_t steps) override { steps_left_.store(steps, std::memory_order_relaxed); }

  /// Thread: any.
  [[nodiscard]] std::uint64_t steps_ended() const noexcept { return steps_ended_.load(std::memory_order_relaxed); }

  /// Returns what the handler has said, less the steps since; none if it has not. Thread: any.
  [[nodiscard]] std::optional<std::uint64_t> steps_left() const noexcept {
    const auto left = steps_left_.load(std::memory_order_relaxed);
    return left == not_said ? std::nullopt : std::optional{left};
  }

  /// Returns how long the handler has waited at its device's gate since its first step began. Thread: any.
  [[nodiscard]] duration waited() const noexcept { return duration{waited_ns_.load(std::memory_order_relaxed)}; }

  void cancel() noexcept;

  /// Returns what the attempt's context says about it.
  /// Thread: the agent's actor.
  [[nodiscard]] task_context::attempt_facts facts(task_order& order) const;

  /// The device itself counts what the holder of this lease uses. Before the handler starts.
  void leave_counting_to_device() noexcept { device_counts_ = true; }

  /// Counts time that the attempt used its device, or the processor if it asked for none.
  void count_busy(std::uint64_t busy_ns) const;

  [[nodiscard]] bool has_lease() const noexcept { return lease_token_ != 0; }

  /// Tells the dispatcher how the attempt ended.
  void finish(result<bytes>&& outcome, const task_usage& usage, bool crashed = false) const;

  /// The device itself did not run it to its end.
  void finish_by_device(error why, const task_usage& usage) const;

 private:
  void tell_end(result<bytes>&& outcome, const task_usage& usage, bool crashed,
                std::optional<device_id> by_device) const;

  // of the stage that the session serves
  result<std::optional<stage_item>> take_item() override { return after_wait(session_->take_item()); }
  result<void> put_item(shared_bytes output) override { return after_wait(session_->put_item(std::move(output))); }
  result<void> fail_item(error why) override { return session_->fail_item(std::move(why)); }
  void leave_stage() noexcept override { session_->leave_stage(); }

  void count_step() noexcept;
  std::shared_ptr<const wake_bell> bell();
  result<void> rest();
  result<void> resume();

  /// Whatever came of the wait.
  template <class Answer>
  Answer after_wait(Answer answer) {
    waited_ns_.store(session_->waited().count(), std::memory_order_relaxed);
    return answer;
  }

  node_context_pointer node_;
  agent_id agent_;
  task_epoch task_;
  bool may_wait_;
  std::size_t device_;
  fencing_token lease_token_;  ///< 0 = none
  bool device_counts_ = false;
  share_session* session_ = nullptr;
  std::string device_says_;
  std::optional<executor::blocked> waiting_;  ///< for the members of a group
  fencing_token shown_token_ = 0;             ///< of the contract that the handler has seen
  static constexpr std::uint64_t not_said = ~std::uint64_t{0};
  std::atomic<std::uint64_t> steps_ended_{0};  ///< only the handler's thread writes these
  std::atomic<std::uint64_t> steps_left_{not_said};
  std::atomic<duration::rep> waited_ns_{0};
  std::atomic<bool> cancelled_{false};
  std::mutex bell_mutex_;
  std::shared_ptr<wake_bell> bell_;          ///< rings when it is cancelled; made when it joins a group
  std::atomic<bool> has_spoken_{false};      ///< to the dispatcher: the end must not overtake what was said
  std::shared_ptr<progress_slot> progress_;  ///< made with the first report
};

/// What a handler sees of its contract. `device_says` tells why a device enforces nothing.
device_lease lease_of(const share_contract& contract, const std::string& device_says);

/// Runs the handler: exceptions become `handler_threw`, an output over the limit `output_too_large`.
result<bytes> run_handler(agent_object& serves, task_context& task) noexcept;

/// The same for a message of another agent.
result<bytes> run_receiver(agent_object& serves, const agent_message& message) noexcept;

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <atomic>
#include <limits>
#include <utility>

#include "actors/node/agent_runner.hpp"
#include "actors/node/running_task.hpp"
#include "gpu/device_work.hpp"
#include "gpu/memory/arena.hpp"

namespace dunlin {

namespace {

using memory_pointer = std::shared_ptr<std::pmr::memory_resource>;

/// What one step needs; lives until the step's end, even if the agent was abandoned meanwhile.
struct thread_step {
  std::shared_ptr<agent_object> serves;
  std::shared_ptr<running_task> task;
  task_order order;
  task_context::attempt_facts facts;
  memory_pointer memory;
  time_point handed_over{};
  std::atomic<std::int64_t> waited_ns{0};    ///< atomic: an abandoned step is reported while it runs
  std::atomic<std::int64_t> entering_ns{0};  ///< of those at the device's gate
  result<bytes> outcome = fail(errc::internal, "the step did not run");
};

std::uint64_t peak_of(const memory_pointer& memory) {
  const auto* counted = dynamic_cast<const arena*>(memory.get());
  return counted == nullptr ? 0 : counted->peak_bytes();
}

/// What the step kept its device busy. A processor counts the step's own threads.
std::vector<device_use> device_use_of(const thread_step& step, std::uint64_t busy_ns, bool is_processor) {
  if (!step.order.lease) return {};
  device_use out;
  out.kernel_ns = busy_ns;
  // On other devices the host's pauses between two orders are in it.
  out.kernel_is = is_processor ? exactness::exact : exactness::upper_bound;
  return {out};
}

/// The object may outlive its actor, in a step: it keeps what it is made from.
std::shared_ptr<agent_object> object_of(node_context& node, const agent_kind& kind) {
  return std::make_shared<agent_object>(std::shared_ptr<const agent_kind>{node.shared_from_this(), &kind});
}

class thread_runner final : public agent_runner {
 public:
  thread_runner(node_context_pointer node, const agent_kind& kind)
      : node_(std::move(node)), object_(object_of(*node_, kind)) {}
  ~thread_runner() override {
    if (task_) task_->cancel();
    wake();
  }

  void start(agent_id self, task_order&& order) override {
    task_ = std::make_shared<running_task>(node_, self, order, true);
    running_ = order.task;
    deadline_ = order.deadline;
    self_ = self;
    gate_ = order.lease ? node_->devices[order.device.value]->gate() : nullptr;
    if (gate_ != nullptr) task_->leave_counting_to_device();
    auto step = std::make_shared<thread_step>();
    step->serves = object_;
    step->task = task_;
    step->facts = task_->facts(order);
    step->order = std::move(order);
    step->handed_over = node_->now();
    if (auto ready = reserve(*step); !ready) return task_->finish(fail(std::move(ready.error())), {});
    const auto index = step->order.lease ? step->order.device.value : 0;
    if (auto queued = node_->devices[index]->submit(device_step_of(self, step)); !queued)
      task_->finish_by_device(std::move(queued.error()), {});
  }

  void stop(const task_epoch& task, errc) override {
    if (!task_ || running_ != task) return;
    task_->cancel();
    wake();
  }

  [[nodiscard]] work_seen work() const override {
    if (!task_) return {};
    return {task_->steps_ended(), task_->steps_left(), deadline_};
  }

  void deliver(agent_id self, agent_delivery&& message) override {
    const auto reply = message.reply;
    device_step step;
    step.queue = self.value;
    step.run = [serves = object_, shared = std::make_shared<agent_delivery>(std::move(message))]() -> result<void> {
      shared->reply->give(run_receiver(*serves, {shared->from, shared->type, shared->body}));
      return {};
    };
    step.done = [reply](const step_report&) { reply->give_up(); };  // it did not run, or hangs
    if (auto queued = node_->devices[0]->submit(std::move(step)); !queued) reply->give(fail(std::move(queued.error())));
  }

 private:
  /// Of a task that named no cap nothing is set aside; what it takes is counted all the same.
  result<void> reserve(thread_step& step) {
    constexpr std::uint64_t unlimited = std::numeric_limits<std::int64_t>::max();
    const auto cap = node_->host_bytes_of(step.order);
    const auto most = node_->most_bytes_of(step.order);
    auto memory = cap == 0 ? result<memory_pointer>{std::make_shared<arena>(most == 0 ? unlimited : most)}
                           : node_->devices[0]->reserve(cap, "task " + to_string(step.order.task.id));
    if (!memory) return fail(std::move(memory.error()));
    step.memory = std::move(*memory);
    return {};
  }

  using session_pointer = std::unique_ptr<share_session>;
  using work_pointer = std::shared_ptr<device_work>;

  static result<work_pointer> open_work(const std::weak_ptr<device_port>& device, agent_id self,
                                        const thread_step& step) {
    const auto alive = device.lock();
    if (alive == nullptr) return fail(errc::shutting_down, "the node has closed its devices");
    return alive->open_work(self, step.order.device_bytes, "task " + to_string(step.order.task.id));
  }

  /// Waits at the device's gate for the first turn.
  static result<session_pointer> enter(const node_context& node, share_gate& gate, agent_id self, thread_step& step,
                                       const work_pointer& work) {
    const auto came = node.now();
    auto entered = gate.enter(self, step.order.lease, [task = step.task] { return task->cancelled(); });
    step.entering_ns = (node.now() - came).count();
    if (!entered) return fail(std::move(entered.error()));
    auto& share = **entered;
    share.measure_memory(
        [memory = step.memory, work] { return work == nullptr ? peak_of(memory) : work->peak_bytes(); });
    auto device_says = std::move(step.facts.lease->enforcement);
    step.facts.lease = lease_of(share.contract(), device_says);
    step.task->set_session(share, std::move(device_says));
    return entered;
  }

  device_step device_step_of(agent_id self, const std::shared_ptr<thread_step>& step) {
    device_step out;
    out.queue = self.value;
    out.token = step->order.lease_token;
    const std::weak_ptr<device_port> device = node_->devices[step->order.lease ? step->order.device.value : 0];
    out.run = [self, step, device, gate = gate_, node = node_->shared_from_this()]() -> result<void> {
      work_pointer work;  // gone before the step is reported: the next task may need its memory
      session_pointer share;
      if (gate != nullptr) {
        auto opened = open_work(device, self, *step);
        if (!opened) return fail(std::move(opened.error()));
        work = std::move(*opened);
        auto entered = enter(*node, *gate, self, *step, work);
        if (!entered) return fail(std::move(entered.error()));
        share = std::move(*entered);
      }
      step->waited_ns = (node->now() - step->handed_over).count();
      step->facts.device = work;
      task_context context{std::move(step->facts), std::move(step->order.payload), *step->task, *step->memory};
      step->outcome = run_handler(*step->serves, context);
      return {};
    };
    const bool on_processor = !step->order.lease || node_->has_host_memory[step->order.device.value];
    out.done = [step, on_processor](const step_report& report) {
      step->task->count_busy(report.busy_ns);
      const auto stood = static_cast<std::uint64_t>(step->entering_ns.load() + step->task->waited().count());
      const auto ran = report.wall_ns - std::min(report.wall_ns, stood);
      const task_usage usage{static_cast<std::uint64_t>(step->waited_ns.load()), ran, report.busy_ns,
                             peak_of(step->memory), device_use_of(*step, report.busy_ns, on_processor)};
      if (report.outcome)
        step->task->finish(std::move(step->outcome), usage);
      else  // fenced or abandoned: the handler may still write its outcome
        step->task->finish_by_device(error{report.outcome.error()}, usage);
    };
    return out;
  }

  /// One that waits for its turn looks again whether it was cancelled.
  void wake() {
    if (gate_ != nullptr) gate_->wake(self_);
  }

  node_context_pointer node_;
  std::shared_ptr<agent_object> object_;
  std::shared_ptr<running_task> task_;
  agent_id self_;
  share_gate* gate_ = nullptr;  ///< of the device that the task has a share of
  task_epoch running_;
  std::optional<time_point> deadline_;
};

class async_runner final : public agent_runner {
 public:
  async_runner(node_context_pointer node, const agent_kind& kind)
      : node_(std::move(node)), object_(object_of(*node_, kind)) {}

  void start(agent_id self, task_order&& order) override {
    running_task task{*node_, self, order};
    const auto began = node_->now();
    task_context context{task.facts(order), std::move(order.payload), task, *std::pmr::get_default_resource()};
    auto outcome = run_handler(*object_, context);
    task_usage usage;
    usage.run_ns = static_cast<std::uint64_t>((node_->now() - began).count());
    task.finish(std::move(outcome), usage);
  }

  void stop(const task_epoch&, errc) override {}  // nothing runs between two messages

  void deliver(agent_id, agent_delivery&& message) override {
    message.reply->give(run_receiver(*object_, {message.from, message.type, message.body}));
  }

 private:
  node_context_pointer node_;
  std::shared_ptr<agent_object> object_;
};

}  // namespace

std::unique_ptr<agent_runner> make_thread_runner(node_context_pointer node, const agent_kind& kind) {
  return std::make_unique<thread_runner>(std::move(node), kind);
}

std::unique_ptr<agent_runner> make_async_runner(node_context_pointer node, const agent_kind& kind) {
  return std::make_unique<async_runner>(std::move(node), kind);
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "actors/node/running_task.hpp"

#include <future>
#include <utility>

#include "actors/collective/resting.hpp"
#include "actors/node/in_words.hpp"
#include "coordination/codec/wire_text.hpp"
#include "gpu/cpu/executor.hpp"
#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

constexpr milliseconds find_patience{3'000};
constexpr std::size_t max_message_bytes = 1'024;

/// Beyond the patience of a question: the node answers in time, this only bounds the wait should it be gone.
constexpr milliseconds margin{500};

/// Waits for the answer that `ask` orders. The handler's thread may block, since another one runs in its place: the
/// answer may have to be made on this very device. The node answers or times out.
template <class T, class Ask>
result<T> wait_for_answer(milliseconds patience, Ask ask) {
  auto promised = std::make_shared<std::promise<result<T>>>();
  auto answer = promised->get_future();
  const executor::blocked waiting;
  ask([promised](result<T> value) { promised->set_value(std::move(value)); });
  if (answer.wait_for(patience + margin) != std::future_status::ready)
    return fail(errc::timeout, "no answer within " + std::to_string(patience.count()) + " ms");
  try {
    return answer.get();
  } catch (const std::future_error&) {  // the promise went with its node
    return fail(errc::shutting_down, "the node ended before the answer came");
  }
}

tl::unexpected<error> cannot_wait() {
  return fail(errc::not_supported, "an async handler must not wait for other agents",
              "declare the kind with isolation thread");
}

/// As many stand-ins a device's threads have at least.
constexpr std::uint32_t most_awaiting_groups = 64;

/// While it lives, a handler waits for its group; others run in its place, which may be those that it waits for.
class group_wait {
 public:
  group_wait(node_context& node, const task_epoch& task, agent_id agent) : node_(node), task_(task), agent_(agent) {
    tell(true);
  }
  ~group_wait() {
    tell(false);
    --node_.awaiting_groups;
  }
  group_wait(const group_wait&) = delete;
  group_wait& operator=(const group_wait&) = delete;

  /// Errors: overloaded. To be called before one is made.
  static result<void> enter(node_context& node) {
    if (++node.awaiting_groups <= most_awaiting_groups) return {};
    --node.awaiting_groups;
    return fail(errc::overloaded,
                std::to_string(most_awaiting_groups) + " handlers of node '" + node.config.name +
                    "' wait for their groups already",
                "spread the members over more nodes");
  }

 private:
  void tell(bool waits) { caf::anon_send(node_.dispatcher, agent_awaits_group{agent_, task_, waits}); }

  node_context& node_;
  task_epoch task_;
  agent_id agent_;
};

/// Runs a user's code.
template <class Run>
result<bytes> guarded(Run run) noexcept {
  try {
    result<bytes> output = run();
    if (output && output->size() > max_inline_bytes)
      return fail(errc::output_too_large, "the handler returned " + std::to_string(output->size()) + " bytes",
                  "the limit is " + std::to_string(max_inline_bytes));
    return output;
  } catch (const memory_exhausted& full) {
    return fail(errc::quota_exceeded, full.what(), "ask for more host_bytes");
  } catch (const std::exception& thrown) {
    return fail(errc::handler_threw, thrown.what());
  } catch (...) {
    return fail(errc::handler_threw, "something that is no std::exception");
  }
}

}  // namespace

running_task::running_task(const node_context_pointer& node, agent_id agent, const task_order& order, bool may_wait)
    : node_(node->shared_from_this()),
      agent_(agent),
      task_(order.task),
      may_wait_(may_wait),
      device_(order.lease ? order.device.value : 0),
      lease_token_(order.lease ? order.lease_token : 0) {}

void running_task::report(const task_progress& progress) {
  if (cancelled()) return;  // nobody waits for it any more
  has_spoken_.store(true, std::memory_order_relaxed);
  if (!progress_) progress_ = std::make_shared<progress_slot>();
  auto newest = progress;
  newest.message = as_wire_text(std::move(newest.message), max_message_bytes);
  const auto pause = progress_->put(std::move(newest), now());
  if (!pause) return;
  agent_progress news{agent_, task_, progress_};
  if (*pause > duration{0})
    caf::delayed_anon_send(node_->dispatcher, *pause, std::move(news));
  else
    caf::anon_send(node_->dispatcher, std::move(news));
}

result<bytes> running_task::call(const agent_address& to, std::string type, bytes body, milliseconds patience) {
  if (!may_wait_) return cannot_wait();
  if (body.size() > max_inline_bytes)
    return fail(errc::too_large, "a message of " + std::to_string(body.size()) + " bytes",
                "the limit is " + std::to_string(max_inline_bytes));
  return wait_for_answer<bytes>(patience, [&](completion<bytes> done) {
    agent_call call{{}, node_->address_of(agent_), to, as_wire_text(std::move(type)), std::move(body), patience};
    call.to.node = as_wire_text(std::move(call.to.node));
    caf::anon_send(node_->router, outgoing_call{std::move(call), std::move(done)});
  });
}

result<agent_address> running_task::find_agent(std::string kind, std::string node, bool spawn) {
  if (!may_wait_) return cannot_wait();
  return wait_for_answer<agent_address>(find_patience, [&](completion<agent_address> done) {
    caf::anon_send(node_->router, outgoing_find{as_wire_text(std::move(node)), as_wire_text(std::move(kind)), spawn,
                                                find_patience, std::move(done)});
  });
}

/// While it waits for others, another handler runs in its place: that may be one of those that it waits for.
result<std::unique_ptr<collective_seat>> running_task::join_group(const group_wish& wish,
                                                                  std::function<kernel_backend&()> kernels) {
  if (!may_wait_ || !node_->meeting) return task_host::join_group(wish, std::move(kernels));
  seat_surroundings around;
  around.kernels = std::move(kernels);
  around.cancelled = [this] { return cancelled(); };
  around.bell = bell();
  around.rest = [this] { return rest(); };
  around.resume = [this] { return resume(); };
  if (auto may = group_wait::enter(*node_); !may) return fail(std::move(may.error()));
  has_spoken_.store(true, std::memory_order_relaxed);
  const group_wait waiting{*node_, task_, agent_};
  if (auto may = rest(); !may) return fail(std::move(may.error()));
  seat_surroundings after;
  after.resume = around.resume;
  resting now{after};
  auto seat = take_seat(*node_->meeting, *node_->groups, wish, std::move(around));
  if (auto may = now.end(); !may) return fail(std::move(may.error()));
  return seat;
}

/// Whoever waits for others keeps neither its turn nor its thread from them.
result<void> running_task::rest() {
  if (session_ != nullptr)
    if (auto may = session_->rest(); !may) return may;
  waiting_.emplace();
  return {};
}

result<void> running_task::resume() {
  auto may = session_ != nullptr ? after_wait(session_->resume()) : result<void>{};
  waiting_.reset();
  return may;
}

std::shared_ptr<const wake_bell> running_task::bell() {
  const std::lock_guard lock{bell_mutex_};
  if (!bell_) bell_ = std::make_shared<wake_bell>();
  if (cancelled()) bell_->ring();
  return bell_;
}

void running_task::cancel() noexcept {
  cancelled_.store(true, std::memory_order_relaxed);
  const std::lock_guard lock{bell_mutex_};
  if (bell_) bell_->ring();
}

void running_task::save_checkpoint(bytes state) {
  has_spoken_.store(true, std::memory_order_relaxed);
  caf::anon_send(node_->dispatcher, agent_saved{agent_, checkpoint_item{task_.id, task_.epoch, std::move(state)}});
}

result<std::optional<device_lease>> running_task::next_step() {
  if (session_ == nullptr) return std::nullopt;
  count_step();
  if (auto next = after_wait(session_->next_step()); !next) return fail(std::move(next.error()));
  return newer_lease();
}

void running_task::count_step() noexcept {
  steps_ended_.store(steps_ended() + 1, std::memory_order_relaxed);
  if (const auto left = steps_left(); left && *left > 0) steps_left_.store(*left - 1, std::memory_order_relaxed);
}

std::optional<device_lease> running_task::newer_lease() {
  if (session_ == nullptr) return std::nullopt;
  const auto& contract = session_->contract();
  if (std::exchange(shown_token_, contract.token) == contract.token) return std::nullopt;
  return lease_of(contract, device_says_);  // the device itself may be gone: handlers outlive it
}

result<stage_host*> running_task::join_stage(const std::string& stage) {
  if (!may_wait_) return task_host::join_stage(stage);
  if (session_ == nullptr)
    return fail(errc::conflict, "the task has no share of a device", "submit it with a wish for one");
  if (auto joined = session_->join_stage(stage); !joined) return fail(std::move(joined.error()));
  return static_cast<stage_host*>(this);
}

device_lease lease_of(const share_contract& contract, const std::string& device_says) {
  const auto& granted = contract.granted;
  return {contract.id,
          contract.device,
          contract.token,
          granted.compute_units,
          contract.compute_enforcement == enforcement::advisory ? device_says
                                                                : std::string{to_string(contract.compute_enforcement)},
          contract.pattern,
          granted.units,
          contract.shared_with,
          granted.quantum,
          granted.memory_bytes,
          contract.memory_enforcement,
          contract.requested,
          contract.priority};
}

task_context::attempt_facts running_task::facts(task_order& order) const {
  task_context::attempt_facts out;
  out.id = order.task.id;
  out.epoch = order.task.epoch;
  out.attempt = order.attempt;
  out.deadline = order.deadline;
  out.checkpoint = std::move(order.checkpoint);
  out.self = node_->address_of(agent_);
  out.plain_kernels = order.plain_kernels;
  if (!order.lease) return out;
  const auto device = node_->devices[order.device.value]->properties();
  out.lease = device_lease{order.lease, order.device, order.lease_token, device.compute_units, device.enforcement};
  return out;
}

void running_task::count_busy(std::uint64_t busy_ns) const {
  if (device_counts_) return;
  node_->busy_ns[device_]->fetch_add(busy_ns, std::memory_order_relaxed);
  if (has_lease()) caf::anon_send(node_->coordinators[device_], share_used{agent_, lease_token_, busy_ns});
}

void running_task::finish(result<bytes>&& outcome, const task_usage& usage, bool crashed) const {
  tell_end(std::move(outcome), usage, crashed, std::nullopt);
}

void running_task::finish_by_device(error why, const task_usage& usage) const {
  tell_end(fail(std::move(why)), usage, false, device_id{device_});
}

void running_task::tell_end(result<bytes>&& outcome, const task_usage& usage, bool crashed,
                            std::optional<device_id> by_device) const {
  task_outcome out;
  out.id = task_.id;
  out.epoch = task_.epoch;
  out.usage = usage;
  out.crashed = crashed;
  if (outcome) {
    out.output = std::move(*outcome);
  } else {
    out.code = outcome.error().code == errc::none ? errc::handler_failed : outcome.error().code;
    out.why = in_words(outcome.error());
  }
  agent_finished news{agent_, std::move(out), by_device};
  if (has_spoken_.load(std::memory_order_relaxed))
    caf::anon_send(node_->dispatcher, std::move(news));
  else if (node_->finished.put(std::move(news)))
    caf::anon_send(node_->dispatcher, collect_atom::value);
}

result<bytes> run_handler(agent_object& serves, task_context& task) noexcept {
  return guarded([&] { return serves.get().handle(task); });
}

result<bytes> run_receiver(agent_object& serves, const agent_message& message) noexcept {
  return guarded([&] { return serves.get().receive(message); });
}

}  // namespace dunlin

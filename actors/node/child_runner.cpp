// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/node/agent_runner.hpp"
#include "actors/node/child_questions.hpp"
#include "actors/node/running_task.hpp"
#include "actors/process/child_agent.hpp"
#include "actors/process/run_command.hpp"

namespace dunlin {

namespace {

constexpr milliseconds find_patience{3'000};

/// Milliseconds until the deadline, at least 1; 0 = none.
milliseconds time_left(const node_context& node, const task_order& order) {
  if (!order.deadline) return milliseconds{0};
  return std::max(milliseconds{1}, std::chrono::ceil<milliseconds>(*order.deadline - node.now()));
}

/// A child does not use the device's own threads: its time counts there only if it had the device for itself.
void finish(const running_task& task, result<bytes>&& outcome, const task_usage& usage, bool crashed) {
  if (task.has_lease()) task.count_busy(usage.cpu_ns);
  task.finish(std::move(outcome), usage, crashed);
}

/// Passes a child's question on to the router.
void answer_question(const node_context_pointer& node, agent_id self, const std::string& type, bytes_view body,
                     child_reply reply) {
  if (type == child_call::wire_name) {
    auto question = codec::from_wire<child_call>(body);
    if (!question) return reply(fail(std::move(question.error())));
    agent_call call{{},
                    node->address_of(self),
                    std::move(question->to),
                    std::move(question->type),
                    std::move(question->body),
                    question->patience};
    caf::anon_send(node->router, outgoing_call{std::move(call), std::move(reply)});
  } else if (type == child_find::wire_name) {
    auto question = codec::from_wire<child_find>(body);
    if (!question) return reply(fail(std::move(question.error())));
    auto done = [reply](result<agent_address> found) {
      reply(found ? result<bytes>{codec::to_wire(*found)} : result<bytes>{fail(std::move(found.error()))});
    };
    caf::anon_send(node->router, outgoing_find{std::move(question->node), std::move(question->kind), question->spawn,
                                               find_patience, std::move(done)});
  } else {
    reply(fail(errc::not_supported, "a node does not know the question '" + type + "'"));
  }
}

class child_runner final : public agent_runner {
 public:
  child_runner(node_context_pointer node, const agent_kind& kind) : node_(std::move(node)), kind_(kind) {}
  ~child_runner() override {
    if (child_) child_->stop();
  }

  void start(agent_id self, task_order&& order) override {
    auto task = std::make_shared<running_task>(node_, self, order, true);
    running_ = order.task;
    auto facts = task->facts(order);
    child_order what;
    what.id = order.task.id;
    what.attempt = order.attempt;
    what.epoch = order.task.epoch;
    what.kind = kind_.name;
    what.payload = std::move(order.payload);
    what.checkpoint = std::move(facts.checkpoint);
    what.self = std::move(facts.self);
    what.memory_cap = node_->most_bytes_of(order);
    if (auto& held = facts.lease)
      what.lease = {held->id, held->device, held->token, held->compute_units, std::string{past_the_gate}};
    const auto timeout = time_left(*node_, order);
    what.deadline_ms = timeout.count();
    child_task_events events;
    events.question = [node = node_->shared_from_this(), self](const std::string& type, bytes body, child_reply reply) {
      answer_question(node, self, type, body, std::move(reply));
    };
    events.progress = [task](const task_progress& so_far) { task->report(so_far); };
    events.checkpoint = [task](bytes state) { task->save_checkpoint(std::move(state)); };
    events.done = [task](child_task_end end) { finish(*task, std::move(end.outcome), end.usage, end.crashed); };
    if (auto begun = child().run(std::move(what), timeout, std::move(events)); !begun)
      task->finish(fail(std::move(begun.error())), {});
  }

  void stop(const task_epoch& task, errc why) override {
    if (child_ && running_ == task) child_->cancel(why);
  }

  void deliver(agent_id, agent_delivery&& message) override {
    message.reply->give(fail(errc::not_supported, "an agent in a process of its own takes no messages",
                             "declare the kind with isolation thread"));
  }

 private:
  child_agent& child() {
    if (!child_) {
      child_options program;
      program.executable = node_->config.agent_host.front();
      program.arguments = node_->config.agent_host;
      program.arguments.push_back(kind_.name);
      child_ = child_agent::make(*node_->processes, std::move(program));
    }
    return *child_;
  }

  node_context_pointer node_;
  const agent_kind& kind_;
  std::shared_ptr<child_agent> child_;
  task_epoch running_;
};

class command_runner final : public agent_runner {
 public:
  explicit command_runner(node_context_pointer node) : node_(std::move(node)) {}

  void start(agent_id self, task_order&& order) override {
    auto task = std::make_shared<running_task>(node_, self, order, false);
    running_ = order.task;
    child_ = {};
    auto command = codec::from_wire<command_line>(order.payload);
    if (!command)
      return task->finish(fail(errc::malformed, "the payload is no command line: " + command.error().context), {});
    command_attempt attempt{
        std::move(*command),        order.task.id, order.attempt, order.task.epoch, time_left(*node_, order),
        node_->most_bytes_of(order)};
    auto done = [task](command_end end) {
      auto outcome = end.outcome ? result<bytes>{codec::to_wire(*end.outcome)}
                                 : result<bytes>{fail(std::move(end.outcome.error()))};
      // A program that dies of a signal harms nobody else: it has failed, and its own retries decide.
      finish(*task, std::move(outcome), end.usage, false);
    };
    auto begun = run_command(*node_->processes, node_->config.allowed, std::move(attempt), std::move(done));
    if (begun)
      child_ = *begun;
    else
      task->finish(fail(std::move(begun.error())), {});
  }

  void stop(const task_epoch& task, errc why) override {
    if (child_ && running_ == task) node_->processes->kill(child_, why);
  }

  void deliver(agent_id, agent_delivery&& message) override {
    message.reply->give(fail(errc::not_supported, "an agent that runs programs takes no messages"));
  }

 private:
  node_context_pointer node_;
  child_id child_;
  task_epoch running_;
};

}  // namespace

std::unique_ptr<agent_runner> make_child_runner(node_context_pointer node, const agent_kind& kind) {
  return std::make_unique<child_runner>(std::move(node), kind);
}

std::unique_ptr<agent_runner> make_command_runner(node_context_pointer node) {
  return std::make_unique<command_runner>(std::move(node));
}

std::unique_ptr<agent_runner> make_runner(node_context_pointer node, const agent_kind& kind) {
  if (kind.name == command_kind_name) return make_command_runner(std::move(node));
  if (kind.isolation == isolation_mode::process) return make_child_runner(std::move(node), kind);
  if (kind.isolation == isolation_mode::async) return make_async_runner(std::move(node), kind);
  return make_thread_runner(std::move(node), kind);
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/orchestration.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "coordination/tasks/validation.hpp"

namespace dunlin {

result<std::unique_ptr<orchestration>> orchestration::make(const orchestration_config& config, std::uint64_t seed,
                                                           std::uint32_t term) {
  std::unique_ptr<orchestration> out{new orchestration(config, seed, term)};
  if (auto chosen = out->on_policy(config.policy); !chosen) return fail(std::move(chosen.error()));
  return out;
}

namespace {

/// Of an epoch: which of its term's.
constexpr unsigned homes_bits = 16;

}  // namespace

orchestration::orchestration(const orchestration_config& config, std::uint64_t seed, std::uint32_t term)
    : ready_(config.aging_step),
      locks_(config.aging_step),
      table_(config.tasks, seed, term),
      members_(config.members),
      homes_(config.last_home_epoch > 0 ? config.last_home_epoch : term << homes_bits,
             config.last_home_epoch > 0 || term > 1),
      own_node_(config.own_node),
      lease_(config.tasks.lease),
      grace_(config.tasks.grace),
      batch_limit_(config.batch_limit) {}

orchestration::~orchestration() = default;

namespace {

/// Names what a user could have meant.
std::string known_kinds(const std::vector<const leader_node*>& nodes) {
  std::set<std::string> kinds;
  for (const auto* node : nodes)
    for (const auto& agents : node->report.agents) kinds.insert(agents.kind);
  std::string hint = "kinds that are here:";
  for (const auto& kind : kinds) hint += " " + kind;
  return hint;
}

}  // namespace

result<void> orchestration::on_policy(const std::string& name) {
  auto policy = make_policy(name, workers_);
  if (!policy) return fail(std::move(policy.error()));
  policy_ = std::move(*policy);
  return {};
}

std::string_view orchestration::policy() const noexcept { return policy_->name(); }

// -- clients

namespace {

/// What is wrong with a batch itself is said before what is wrong with the swarm.
result<void> refuse_batch(const std::vector<task_spec>& batch, result<void>&& infeasible) {
  auto valid = validate_batch(batch);
  return valid ? std::move(infeasible) : std::move(valid);
}

}  // namespace

/// Asks only about new tasks: what was accepted once keeps its answer, whoever is here now.
result<void> orchestration::check_feasible(const std::vector<task_spec>& batch) const {
  const task_shape* checked = nullptr;  // neighbours in a batch are mostly alike
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const auto& shape = batch[i].shape;
    if (checked != nullptr && *checked == shape) continue;
    const auto known = table_.shapes().find(shape);
    const bool was_feasible = known && !workers_.eligible(*known).empty();
    if (!was_feasible && table_.knows_key(batch[i].idempotency_key)) continue;
    if (!was_feasible)
      if (auto fits = feasible(shape, "tasks[" + std::to_string(i) + "]"); !fits)
        return refuse_batch(batch, std::move(fits));
    checked = &shape;
  }
  return {};
}

result<void> orchestration::feasible(const task_shape& shape, const std::string& path) const {
  const auto nodes = nodes_.sorted();
  std::string reasons;
  bool kind_known = false;
  for (const auto* node : nodes) {
    const auto reason = why_not(node->report, shape);
    if (reason.empty()) return {};
    kind_known |= std::ranges::find(node->report.agents, shape.kind, &agent_class::kind) != node->report.agents.end();
    reasons += (reasons.empty() ? "node " : "; node ") + node->report.node + ": " + reason;
  }
  if (nodes.empty())
    return fail(errc::infeasible, "no node has joined yet", "wait until `dunlin node list` shows one", path);
  if (!kind_known)
    return fail(errc::unknown_kind, "no node has agents for kind '" + shape.kind + "'", known_kinds(nodes),
                path + ".kind");
  return fail(errc::infeasible, "no node can ever run '" + shape.kind + "': " + reasons,
              "ask for less, name another node, or start one that fits", path);
}

void orchestration::on_submit(request_id request, std::vector<task_spec>&& batch, std::uint64_t listener, instant at,
                              leader_effects& out) {
  auto checked = check_feasible(batch);
  auto answer = checked ? table_.on_submit(std::move(batch), at, out.commit)
                        : result<std::vector<submit_answer>>{fail(std::move(checked.error()))};
  if (!answer)
    metrics_.on_refused();
  else if (listener != 0)
    for (const auto& one : *answer) listeners_.add(one.id, listener);
  out.after_commit.push_back(answer_submit{request, std::move(answer)});
}

void orchestration::on_cancel(request_id request, const task_id& id, instant at, leader_effects& out) {
  auto cancelled = table_.on_cancel(id, at, out.commit);
  if (!cancelled) {
    out.after_commit.push_back(answer_task{request, fail(std::move(cancelled.error()))});
    return;
  }
  if (cancelled->stop) stop({cancelled->owner, *cancelled->stop, errc::cancelled}, out);
  out.after_commit.push_back(answer_task{request, id});
}

void orchestration::on_requeue(request_id request, task_record&& stored, instant at, leader_effects& out) {
  const auto id = stored.id;
  auto revived = table_.on_requeue(std::move(stored), at, out.commit);
  auto answer = revived ? result<task_id>{id} : result<task_id>{fail(std::move(revived.error()))};
  out.after_commit.push_back(answer_task{request, std::move(answer)});
}

void orchestration::on_erase(request_id request, const std::vector<task_id>& ids, leader_effects& out) {
  std::uint64_t erased = 0;
  for (const auto& id : ids) {
    auto done = table_.on_erase(id, out.commit);
    if (done)
      ++erased;
    else if (ids.size() == 1) {
      out.after_commit.push_back(answer_count{request, fail(std::move(done.error()))});
      return;
    }
  }
  out.after_commit.push_back(answer_count{request, erased});
}

void orchestration::stop(const stop_order& order, leader_effects& out) {
  if (const auto* node = nodes_.by_owner(order.owner))
    out.after_commit.push_back(tell_node{node->report.life, cancel_order{order.task, order.why}});
}

// -- the store

result<void> orchestration::restore(task_record&& record, instant at) {
  remember_stopping(record, at);
  return table_.restore(std::move(record), at);
}

void orchestration::finish_restore(instant at, leader_effects& out) {
  table_.finish_restore(at, out.commit);
  keep_locks(at, out);
}

void orchestration::on_commit_failed(std::span<const leader_action> dropped, std::span<const task_id> touched,
                                     std::vector<task_record>&& stored, instant at) {
  for (const auto& action : dropped) take_back(action);
  table_.on_commit_failed(touched, std::move(stored), at);
  take_back_locks(touched, at);
}

/// Whoever waits for the end of a task goes on waiting.
void orchestration::take_back(const leader_action& dropped) {
  if (const auto* submit = std::get_if<answer_submit>(&dropped)) {
    if (!submit->answer) return;
    for (const auto& one : *submit->answer)
      if (!one.existed) listeners_.take(one.id);
  } else if (const auto* news = std::get_if<notify_ended>(&dropped)) {
    for (const auto& outcome : news->outcomes) listeners_.add(outcome.id, news->listener);
  }
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// What observers see of the leader.
#include <algorithm>
#include <utility>

#include "coordination/observe/sharing_metrics.hpp"
#include "coordination/orchestration/orchestration.hpp"

namespace dunlin {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

/// Of a task that had a choice of what runs it.
std::string chosen_in_words(const task_status_view& task) {
  if (task.device.empty() || task.device.front().because.empty()) return {};
  return " It runs on " + task.device.front().backend + ": " + task.device.front().because + ".";
}

std::string summary_of(const task_status_view& task, const std::string& node) {
  const auto failure = task.code == errc::none ? std::string{}
                                               : " (last failure: " + std::string{to_string(task.code)} +
                                                     (task.why.empty() ? "" : ": " + task.why) + ")";
  switch (task.state) {
    case task_state::leased:
      return "Granted to node " + node + ", not yet started" + failure + ".";
    case task_state::running:
      return "Runs on node " + node + ", attempt " + std::to_string(task.attempt) + failure + "." +
             chosen_in_words(task);
    case task_state::backoff:
      return "Failed " + std::to_string(task.fail_count) + " times, waits before it is tried again" + failure + ".";
    case task_state::pending:
      break;
    default:
      return "Has ended: " + std::string{to_string(task.state)} + failure + ".";
  }
  switch (task.reason) {
    case pending_reason::dependencies:
      return "Waits for " + std::to_string(task.waits_for.size()) +
             (task.waits_for.size() == 1 ? " task: " : " tasks: ") + joined(task.waits_for) + ".";
    case pending_reason::not_before:
      return "Waits for the time it was submitted for.";
    case pending_reason::capacity:
      return "Ready, but every node that can run it is full" + failure + ".";
    case pending_reason::no_node:
      return "Ready, but no node that is here can run it" + failure + ".";
    case pending_reason::locks:
    case pending_reason::none:
      break;
  }
  return "Ready, next in line for its priority" + failure + ".";
}

std::string reserved_in_words(const task_reservation& reserved) {
  return " Its share of a device is reserved from " + std::to_string(reserved.starts_in.count()) +
         " ms after its submission on, for " + std::to_string(reserved.lasts.count()) + " ms.";
}

std::string change_of(const task_status_view& task, const task_shape* shape) {
  if (task.state == task_state::backoff) return "The end of its backoff.";
  if (task.state != task_state::pending) return {};
  switch (task.reason) {
    case pending_reason::dependencies:
      return "The success of the tasks it waits for.";
    case pending_reason::not_before:
      return "The time it was submitted for.";
    case pending_reason::capacity:
      return "The end of another task, a higher priority, or one more node with agents of kind '" +
             (shape ? shape->kind : std::string{}) + "'.";
    case pending_reason::no_node:
      return "A node with agents of kind '" + (shape ? shape->kind : std::string{}) + "' and what else it asks for.";
    case pending_reason::locks:
      return "The end of the tasks that hold its locks or come before it, or a higher priority.";
    case pending_reason::none:
      break;
  }
  return "The next pass of the scheduler.";
}

metric gauge(std::string name, std::string help, double value, std::vector<label> labels = {}) {
  return {std::move(name), std::move(help), metric::kind_type::gauge, std::move(labels), value};
}

metric counter(std::string name, std::string help, double value) {
  return {std::move(name), std::move(help), metric::kind_type::counter, {}, value};
}

}  // namespace

task_explanation orchestration::explain(const task_id& id) const {
  task_explanation out;
  out.id = id;
  auto task = table_.find(id);
  if (!task) {
    out.summary = "No such task.";
    return out;
  }
  out.state = task->state;
  out.waits_for = task->waits_for;
  const bool needs_locks = locks_.waits(id);
  if (table_.is_ready(task->slot)) task->reason = needs_locks ? pending_reason::locks : why_waiting(task->shape);
  const auto* shape = is_terminal(task->state) ? nullptr : &table_.shapes().at(task->shape);
  out.summary = summary_of(*task, task->owner == no_owner ? "" : table_.owner_node(task->owner));
  if (needs_locks) out.summary = "Waits for " + locks_in_words(id) + ".";
  if (shape != nullptr)
    for (const auto& one : shape->reserved) out.summary += reserved_in_words(one);
  out.change = change_of(*task, shape);
  if (shape != nullptr)
    for (const auto* node : nodes_.sorted()) out.nodes.push_back(judge(*node, *shape));
  return out;
}

/// Nodes come and go while a task waits: what was noted when it became ready may be outdated.
pending_reason orchestration::why_waiting(shape_id shape) const {
  if (shape >= defined_.size() || !defined_[shape]) return pending_reason::none;
  if (workers_.eligible(shape).empty()) return pending_reason::no_node;
  return can_place(shape) ? pending_reason::none : pending_reason::capacity;
}

node_verdict orchestration::judge(const leader_node& node, const task_shape& shape) const {
  const auto& worker = workers_.status(node.worker);
  const auto load = std::to_string(worker.load) + " of " + std::to_string(worker.capacity);
  auto reason = why_not(node.report, shape);
  if (reason.empty() && !worker.open) reason = "takes no new work: draining, suspect or disconnected";
  if (reason.empty() && !worker.has_room()) reason = "full: it has " + load + " tasks";
  if (reason.empty() && needs_room(shape) && !free_variant(node, shape, table_.in_use(node.owner)))
    reason = "busy: other tasks there use what this one asks for";
  const bool eligible = reason.empty();
  if (eligible) reason = "eligible: it has " + load + " tasks; policy " + std::string{policy_->name()};
  return {node.report.node, eligible, std::move(reason)};
}

std::vector<node_view> orchestration::nodes() const {
  std::vector<node_view> out;
  for (const auto& member : members_.list()) {
    auto& view = out.emplace_back();
    view.name = member.name;
    view.life = member.life;
    view.state = member.draining && member.is_member() ? "draining" : std::string{to_string(member.state)};
    const auto* node = nodes_.find(member.life);
    if (node == nullptr) continue;
    view.pid = node->report.pid;
    view.running = node->last_beat.running;
    view.queued = node->last_beat.queued;
    view.max_concurrent = node->report.max_concurrent;
    view.cpu_permille = node->last_beat.cpu_permille;
    view.rss_bytes = node->last_beat.rss_bytes;
    view.completed = node->completed;
    view.agents = node->report.agents;
    view.devices = node->report.devices;
  }
  return out;
}

std::uint64_t orchestration::pid_of(incarnation life) const noexcept {
  const auto* node = nodes_.find(life);
  return node == nullptr ? 0 : node->report.pid;
}

std::vector<agent_view> orchestration::agents() const {
  std::vector<agent_view> out;
  for (const auto* node : nodes_.sorted())
    for (const auto& agents : node->report.agents) out.push_back({node->report.node, agents});
  return out;
}

metric_snapshot orchestration::metrics() const {
  metric_snapshot out;
  const auto& counts = table_.counts();
  for (std::size_t i = 0; i < counts.by_state.size(); ++i)
    out.metrics.push_back(gauge("dunlin_tasks", "Known tasks by state.", static_cast<double>(counts.by_state[i]),
                                {{"state", std::string{to_string(static_cast<task_state>(i))}}}));
  out.metrics.push_back(counter("dunlin_outcomes_fenced_total", "Outcomes of an older epoch that were refused.",
                                static_cast<double>(counts.fenced)));
  out.metrics.push_back(
      counter("dunlin_lease_losses_total", "Task leases that were lost.", static_cast<double>(counts.lease_losses)));
  out.metrics.push_back(gauge("dunlin_ready_queue_tasks", "Tasks in the ready queue.",
                              static_cast<double>(std::min(ready_.size(), pending()))));
  out.metrics.push_back(gauge("dunlin_tasks_waiting_for_locks", "Tasks that wait for a lock that another one holds.",
                              static_cast<double>(locks_.waiting())));
  out.metrics.push_back(gauge("dunlin_leader_term", "Term of this leader.", table_.term()));
  for (const auto* node : nodes_.sorted()) {
    const std::vector<label> name{{"node", node->report.node}};
    out.metrics.push_back(gauge("dunlin_node_granted_tasks", "Tasks that are leased to the node or run there.",
                                table_.granted(node->owner), name));
    out.metrics.push_back(gauge("dunlin_node_running_tasks", "Handlers that run.", node->last_beat.running, name));
    out.metrics.push_back(gauge("dunlin_node_cpu_ratio", "CPU use of the node's process; 1 = one core.",
                                static_cast<double>(node->last_beat.cpu_permille) / 1'000, name));
    out.metrics.push_back(gauge("dunlin_node_rss_bytes", "Resident memory of the node's process.",
                                static_cast<double>(node->last_beat.rss_bytes), name));
  }
  append_sharing(devices(), out);
  metrics_.snapshot(out);
  return out;
}

}  // namespace dunlin

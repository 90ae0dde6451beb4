// SPDX-License-Identifier: Apache-2.0
// From ready tasks to grants, and from writes to those who wait for the end of a task.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "coordination/orchestration/orchestration.hpp"

namespace dunlin {

namespace {

constexpr std::size_t max_batch_bytes = 200 * 1'024;  // a batch fits into one frame of the link

}  // namespace

void orchestration::flush(instant at, leader_effects& out) {
  count_loads();
  admit_ready();
  const auto has_room = [this](shape_id shape) { return workers_.has_room(shape); };
  const auto is_ready = [this](task_slot slot) { return table_.is_ready(slot); };
  while (const auto next = ready_.pop_best(has_room, is_ready)) {
    const auto worker = policy_->pick(next->shape);
    if (!worker) break;  // cannot be: `has_room` held
    grant(*next, nodes_.at(*worker), at, out);
  }
  pack_grants(out);
  metrics_.on_writes(out.commit);
  note_ended(out);
}

/// The table knows who has what, however a grant ended: by an outcome, a lost lease, a commit that was refused.
void orchestration::count_loads() {
  nodes_.for_each([this](const leader_node& node) {
    const auto granted = table_.granted(node.owner);
    const auto load = workers_.status(node.worker).load;
    if (granted > load) workers_.add_load(node.worker, granted - load);
    if (granted >= load) return;
    workers_.remove_load(node.worker, load - granted);
    room_freed_ = true;
  });
}

void orchestration::admit_ready() {
  if (std::exchange(room_freed_, false)) ready_.unpark_all();
  forget_retired_shapes();
  for (const auto& task : table_.newly_ready()) {
    define_shape(task.shape);
    ready_.push(task.slot, task.shape, task.priority, task.since);
    if (workers_.eligible(task.shape).empty())
      table_.note_waiting(task.slot, pending_reason::no_node);
    else if (!workers_.has_room(task.shape))
      table_.note_waiting(task.slot, pending_reason::capacity);
  }
  table_.clear_newly_ready();
}

void orchestration::define_shape(shape_id shape) {
  if (shape < defined_.size() && defined_[shape]) return;
  if (shape >= defined_.size()) defined_.resize(shape + 1);
  defined_[shape] = true;
  std::vector<worker_slot> eligible;
  nodes_.for_each([&](const leader_node& node) {
    if (why_not(node.report, table_.shapes().at(shape)).empty()) eligible.push_back(node.worker);
  });
  std::ranges::sort(eligible);
  workers_.define_shape(shape, eligible);
}

void orchestration::forget_retired_shapes() {
  for (const auto shape : table_.shapes().retired())
    if (shape < defined_.size() && defined_[shape]) {
      workers_.forget_shape(shape);
      defined_[shape] = false;
    }
  table_.shapes().clear_retired();
}

void orchestration::grant(const queued_task& task, leader_node& node, instant at, leader_effects& out) {
  auto granted = table_.on_grant(task.task, node.owner, at, out.commit);
  if (!granted) {  // the node takes no tasks, whatever was known here: others do
    workers_.close(node.worker);
    ready_.push(task.task, task.shape, task.priority, task.since);
    return;
  }
  const auto weight = granted->payload.size() + granted->checkpoint.size() + 64;
  auto& batch = node.outgoing;
  if (batch.grants.size() >= batch_limit_ || node.outgoing_bytes + weight > max_batch_bytes) send_grants(node, out);
  const auto known = std::ranges::find(node.outgoing_shapes, task.shape);
  granted->shape = static_cast<std::uint16_t>(known - node.outgoing_shapes.begin());
  if (known == node.outgoing_shapes.end()) {
    node.outgoing_shapes.push_back(task.shape);
    batch.shapes.push_back(table_.shapes().at(task.shape));
  }
  batch.grants.push_back(std::move(*granted));
  node.outgoing_bytes += weight;
  workers_.add_load(node.worker);
  metrics_.on_placed();
}

void orchestration::send_grants(leader_node& node, leader_effects& out) {
  if (!node.outgoing.grants.empty())
    out.after_commit.push_back(tell_node{node.report.life, std::exchange(node.outgoing, {})});
  node.outgoing_shapes.clear();
  node.outgoing_bytes = 0;
}

void orchestration::pack_grants(leader_effects& out) {
  nodes_.for_each([&](leader_node& node) { send_grants(node, out); });
}

/// Every end of a task is a write, so the writes say who has to be told.
void orchestration::note_ended(leader_effects& out) {
  if (listeners_.empty()) return;
  std::unordered_map<std::uint64_t, std::vector<task_outcome>> ended;
  for (const auto& write : out.commit.writes) {
    const auto* update = std::get_if<update_task>(&write);
    if (update == nullptr || !is_terminal(update->status.state)) continue;
    const auto listener = listeners_.take(update->id);
    if (listener == 0) continue;
    const auto& status = update->status;
    ended[listener].push_back({update->id, status.epoch, status.code, false, status.why, status.output, status.usage});
  }
  for (auto& [listener, outcomes] : ended) out.after_commit.push_back(notify_ended{listener, std::move(outcomes)});
}

}  // namespace dunlin

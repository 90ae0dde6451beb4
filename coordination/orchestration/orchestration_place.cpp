// SPDX-License-Identifier: Apache-2.0
// From ready tasks to grants, and from writes to those who wait for the end of a task.
#include <algorithm>
#include <iterator>
#include <unordered_map>
#include <utility>

#include "coordination/orchestration/orchestration.hpp"

namespace dunlin {

namespace {

constexpr std::size_t max_batch_bytes = 200 * 1'024;  // a batch fits into one frame of the link; so does a grant alone

/// No less than a grant takes in a message.
std::size_t weight_of(const task_grant& grant) noexcept { return grant.payload.size() + grant.checkpoint.size() + 110; }

/// No less than a shape takes in a message.
std::size_t weight_of(const task_shape& shape) noexcept {
  auto bytes = 256 + shape.kind.size() + shape.where.node.size() + shape.variants.size() * 32;
  for (const auto& capability : shape.capabilities) bytes += capability.size() + 5;
  return bytes;
}

}  // namespace

void orchestration::flush(instant at, leader_effects& out) {
  count_loads();
  free_locks(at, out);
  review_locks(at, out);
  admit_ready(at, out);
  std::optional<place> where;
  const auto has_room = [&](shape_id shape) { return (where = find_place(shape)).has_value(); };
  const auto is_ready = [this](task_slot slot) {
    return table_.is_ready(slot) && (locks_.waiting() == 0 || !locks_.waits(table_.id_of(slot)));
  };
  ready_.tidy(pending(), is_ready);
  while (const auto next = ready_.pop_best(has_room, is_ready))
    if (!goes_back(*next, at)) grant(*next, *where, at, out);
  pack_grants(out);
  metrics_.on_writes(out.commit);
  note_ended(out);
  // Last: a node waits for new work and a client for its result, but nobody for a receipt.
  std::ranges::move(receipts_, std::back_inserter(out.after_commit));
  receipts_.clear();
}

/// A task whose boost has ended goes to the place that it would have without: priorities only sink, so it is early
/// enough to look when its turn comes. What a holder of locks was lent is not taken back.
bool orchestration::goes_back(const queued_task& task, instant at) {
  const auto lent = locks_.empty() ? std::uint8_t{0} : locks_.priority_of(table_.id_of(task.task));
  const auto priority = std::max(table_.priority(task.task, at), lent);
  if (priority >= task.priority) return false;
  ready_.push(task.task, task.shape, priority, task.since);
  return true;
}

bool orchestration::can_place(shape_id shape) const {
  return workers_.has_room(shape) && (!asks_for_resources_[shape] || find_free_place(shape));
}

/// The policy chooses among nodes with room. For a task that asks for resources it is the least full node that has them
/// free, by the best of its variants that any node has free.
std::optional<orchestration::place> orchestration::find_place(shape_id shape) {
  if (!workers_.has_room(shape)) return std::nullopt;
  if (asks_for_resources_[shape]) return find_free_place(shape);
  const auto worker = policy_->pick(shape);
  return worker ? std::optional{place{*worker, 0}} : std::nullopt;
}

std::optional<orchestration::place> orchestration::find_free_place(shape_id shape) const {
  const auto& wanted = table_.shapes().at(shape);
  std::optional<place> best;
  workers_.eligible(shape).for_each([&](worker_slot worker) {
    const auto& status = workers_.status(worker);
    if (!status.has_room()) return;
    const auto& node = nodes_.at(worker);
    const auto variant = free_variant(node, wanted, table_.in_use(node.owner));
    if (!variant || (best && *variant > best->variant)) return;
    if (best && *variant == best->variant && status.fill() >= workers_.status(best->worker).fill()) return;
    best = place{worker, *variant};
  });
  return best;
}

std::size_t orchestration::pending() const noexcept {
  return table_.counts().by_state[static_cast<std::size_t>(task_state::pending)];
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

void orchestration::admit_ready(instant at, leader_effects& out) {
  if (std::exchange(room_freed_, false)) ready_.unpark_all();
  forget_retired_shapes();
  for (const auto& task : table_.newly_ready())
    if (!task.locked || take_locks(task, at, out)) enqueue(task);
  table_.clear_newly_ready();
}

void orchestration::enqueue(const ready_task& task) {
  define_shape(task.shape);
  ready_.push(task.slot, task.shape, task.priority, task.since);
  if (workers_.eligible(task.shape).empty())
    table_.note_waiting(task.slot, pending_reason::no_node);
  else if (!can_place(task.shape))
    table_.note_waiting(task.slot, pending_reason::capacity);
}

void orchestration::define_shape(shape_id shape) {
  if (shape < defined_.size() && defined_[shape]) return;
  if (shape >= defined_.size()) {
    defined_.resize(shape + 1);
    asks_for_resources_.resize(shape + 1);
  }
  defined_[shape] = true;
  const auto& described = table_.shapes().at(shape);
  asks_for_resources_[shape] = needs_room(described);
  std::vector<worker_slot> eligible;
  nodes_.for_each([&](const leader_node& node) {
    if (why_not(node.report, described).empty()) eligible.push_back(node.worker);
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

void orchestration::grant(const queued_task& task, const place& where, instant at, leader_effects& out) {
  auto& node = nodes_.at(where.worker);
  auto granted = table_.on_grant(task.task, node.owner, at, out.commit, where.variant);
  if (!granted) {  // the node takes no tasks, whatever was known here: others do
    workers_.close(node.worker);
    ready_.push(task.task, task.shape, task.priority, task.since);
    return;
  }
  if (locks_.holds(granted->id)) {
    locks_.on_placed(granted->id);
    granted->priority = locks_.priority_of(granted->id);
  }
  pack(std::move(*granted), task.shape, node, out);
  workers_.add_load(node.worker);
  metrics_.on_placed();
}

/// Puts a grant into the batch that its node will be sent.
void orchestration::pack(task_grant&& grant, shape_id shape, leader_node& node, leader_effects& out) {
  auto& shapes = node.outgoing_shapes;
  const auto& described = table_.shapes().at(shape);
  auto known = std::ranges::find(shapes, shape);
  const auto weight = weight_of(grant) + (known == shapes.end() ? weight_of(described) : 0);
  if (node.outgoing.grants.size() >= batch_limit_ || node.outgoing_bytes + weight > max_batch_bytes) {
    send_grants(node, out);
    known = shapes.end();
  }
  if (known == shapes.end()) {
    known = shapes.insert(known, shape);
    node.outgoing.shapes.push_back(described);
    node.outgoing_bytes += weight_of(described);
  }
  grant.shape = static_cast<std::uint16_t>(known - shapes.begin());
  node.outgoing_bytes += weight_of(grant);
  node.outgoing.grants.push_back(std::move(grant));
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

// SPDX-License-Identifier: Apache-2.0
// Locks on named resources. A task that names some is ready to be placed once it holds them all; it holds them until
// its attempt is over: it ended, was given back, or its node is lost and its lease has ended. A task that ended while
// its handler may still run keeps them until the node says that it has stopped, or must have.
//
// A task that no node that is here could run holds no lock: it would keep it for ever. It asks when such a node comes.
//
// Nothing of this is stored: who is granted a task that names locks holds them, and everybody else asks again.
#include <algorithm>
#include <utility>

#include "coordination/orchestration/orchestration.hpp"

namespace dunlin {

lock_wish orchestration::wish_for_locks(task_slot slot, time_point since) const {
  const auto names = table_.locks_of(slot);
  const auto id = table_.id_of(slot);
  const auto task = table_.find(id);
  return {id, {names.begin(), names.end()}, task ? task->priority : std::uint8_t{5}, since};
}

// -- taking

bool orchestration::take_locks(const ready_task& task, instant at, leader_effects& out) {
  if (!table_.is_ready(task.slot)) return false;
  const auto id = table_.id_of(task.slot);
  if (locks_.holds(id)) return true;  // it had them when it became ready once more
  if (is_stranded(task)) return false;
  lock_effects news;
  locks_.request(wish_for_locks(task.slot, task.since), at.now, news);
  const bool taken = locks_.holds(id);
  if (taken) std::erase_if(news, [](const lock_effect& one) { return std::holds_alternative<locks_taken>(one); });
  follow(news, at, out);
  if (!taken) table_.note_waiting(task.slot, pending_reason::locks);
  return taken;
}

void orchestration::follow(const lock_effects& news, instant at, leader_effects& out) {
  for (const auto& one : news) std::visit([&](const auto& what) { follow_one(what, at, out); }, one);
}

void orchestration::follow_one(const locks_taken& news, instant at, leader_effects& out) {
  const auto task = table_.find(news.task);
  if (!task || !table_.is_ready(task->slot)) return;
  const ready_task ready{task->slot, task->shape, task->priority, locks_.since_of(news.task), true};
  if (is_stranded(ready)) {
    lock_effects more;
    locks_.release(news.task, at.now, more);
    return follow(more, at, out);
  }
  table_.note_waiting(task->slot, pending_reason::none);
  enqueue(ready);
}

/// A holder that is not placed yet moves up in the queue; its older entry is thrown away when its turn comes. Another
/// one moves up where it is.
void orchestration::follow_one(const lock_lent& news, instant, leader_effects& out) {
  const auto task = table_.find(news.task);
  if (!task) return;
  if (const auto held = table_.holder_of(news.task)) {
    if (const auto* node = nodes_.by_owner(held->owner))
      out.after_commit.push_back(tell_node{node->report.life, priority_order{held->task, news.priority}});
  } else if (table_.is_ready(task->slot)) {
    ready_.push(task->slot, task->shape, news.priority, locks_.since_of(news.task));
  }
}

/// No node that is here could run the task: it is asked again when one joins.
bool orchestration::is_stranded(const ready_task& task) {
  define_shape(task.shape);
  if (!workers_.eligible(task.shape).empty()) return false;
  table_.note_waiting(task.slot, pending_reason::no_node);
  stranded_.push_back(task);
  return true;
}

/// Nodes have come or gone: whoever cannot be placed any more lets others pass, and whoever can be asks again.
void orchestration::review_locks(instant at, leader_effects& out) {
  if (!std::exchange(nodes_changed_, false)) return;
  for (const auto& lock : locks_.list()) {
    if (!locks_.holds(lock.holder) || locks_.works(lock.holder)) continue;
    const auto task = table_.find(lock.holder);
    if (task && workers_.eligible(task->shape).empty()) follow_one(locks_taken{lock.holder}, at, out);
  }
  for (const auto& task : std::exchange(stranded_, {}))
    if (take_locks(task, at, out)) enqueue(task);
}

// -- giving back

/// Every end of an attempt is a write, so the writes say who may have given its locks back.
void orchestration::free_locks(instant at, leader_effects& out) {
  if (locks_.empty()) return;
  lock_effects news;
  for (const auto& write : out.commit.writes)
    if (const auto* update = std::get_if<update_task>(&write)) free_locks_of(update->id, at, news);
  follow(news, at, out);
}

void orchestration::free_locks_of(const task_id& id, instant at, lock_effects& news) {
  if (stopping_.contains(id) || (!locks_.holds(id) && !locks_.waits(id))) return;
  const auto slot = table_.slot_of(id);
  const bool goes_on = locks_.works(id) ? table_.holder_of(id).has_value() : slot && table_.is_ready(*slot);
  if (!goes_on) locks_.release(id, at.now, news);
}

/// The task has ended for everybody but its handler, which stops in a while, or when its lease is not renewed.
void orchestration::note_stopping(const stop_order& order, instant at) {
  if (!locks_.works(order.task.id)) return;
  locks_.on_stopping(order.task.id, at.now + lease_ + grace_);
  stopping_[order.task.id] = {order.owner, order.task};
}

void orchestration::note_stopped(const task_epoch& task, instant at, leader_effects& out) {
  const auto known = stopping_.find(task.id);
  if (known == stopping_.end() || known->second.task != task) return;
  stopping_.erase(known);
  lock_effects news;
  locks_.release(task.id, at.now, news);
  follow(news, at, out);
}

void orchestration::free_stopped(instant at, leader_effects& out) {
  lock_effects news;
  locks_.tick(at.now, news);
  std::erase_if(stopping_, [this](const auto& each) { return !locks_.is_stopping(each.first); });
  follow(news, at, out);
}

/// Nothing runs any more on a node that is known to be gone.
void orchestration::note_gone(owner_slot owner, instant at, leader_effects& out) {
  std::vector<task_epoch> stopped;
  for (const auto& [id, holder] : stopping_)
    if (holder.owner == owner) stopped.push_back(holder.task);
  std::ranges::sort(stopped, {}, &task_epoch::id);
  for (const auto& task : stopped) note_stopped(task, at, out);
}

// -- a new leader, a refused commit

/// The handler of a task that expired under the leader before this one may still run.
void orchestration::remember_stopping(const task_record& stored, instant at) {
  const auto& status = stored.status;
  if (stored.spec.locks.empty() || status.state != task_state::expired || status.attempt == 0) return;
  const auto left = milliseconds{status.finished - at.wall} + lease_ + grace_;
  if (left <= duration{0}) return;
  lock_effects news;  // nobody waits yet
  locks_.seize({stored.id, stored.spec.locks, stored.spec.priority, at.now}, at.now, news);
  locks_.on_stopping(stored.id, at.now + std::min<duration>(left, lease_ + grace_));
  stopping_[stored.id] = {no_owner, {stored.id, status.epoch}};
}

/// Who works under locks has them, whatever was decided since.
void orchestration::keep_locks(instant at, leader_effects& out) {
  lock_effects news;
  for (const auto slot : table_.granted_with_locks()) locks_.seize(wish_for_locks(slot, at.now), at.now, news);
  std::erase_if(stopping_, [this](const auto& each) { return !locks_.is_stopping(each.first); });
  follow(news, at, out);
}

void orchestration::take_back_locks(std::span<const task_id> touched, instant at) {
  leader_effects missed;  // loans that nobody hears of: the tasks go on as they are
  keep_locks(at, missed);
  lock_effects news;
  for (const auto& id : touched) free_locks_of(id, at, news);
  follow(news, at, missed);
}

/// A node that joins again may have missed what was lent to its tasks.
void orchestration::say_priorities(const leader_node& node, std::span<const task_epoch> held, leader_effects& out) {
  for (const auto& task : held) {
    const auto own = locks_.works(task.id) ? table_.find(task.id) : std::nullopt;
    if (own && locks_.priority_of(task.id) > own->priority)
      out.after_commit.push_back(tell_node{node.report.life, priority_order{task, locks_.priority_of(task.id)}});
  }
}

// -- observers

namespace {

std::string name_of(const task_table& tasks, const task_id& id) {
  const auto task = tasks.find(id);
  return task && !task->name.empty() ? "'" + task->name + "'" : to_string(id);
}

}  // namespace

std::string orchestration::locks_in_words(const task_id& task) const {
  std::string out;
  for (const auto& each : locks_.in_the_way_of(task)) {
    out += (out.empty() ? "lock " : ", lock ") + each.name;
    out += (each.holds ? ", held by task " : ", which is free, behind task ") + name_of(table_, each.who);
  }
  return out;
}

std::vector<lock_view> orchestration::locks(time_point now) const {
  std::vector<lock_view> out;
  for (auto& lock : locks_.list()) {
    auto& view = out.emplace_back();
    view.name = std::move(lock.name);
    view.waiting = lock.waiting;
    if (lock.next) view.next = lock.next;
    if (!lock.holder) continue;
    view.holder = lock.holder;
    view.held_ms = static_cast<std::uint64_t>(std::max(now - lock.since, duration{0}) / 1ms);
    view.stopping = locks_.is_stopping(lock.holder);
    if (const auto task = table_.find(lock.holder)) {
      view.holder_name = task->name;
      if (locks_.works(lock.holder) && task->owner != no_owner) view.node = table_.owner_node(task->owner);
    }
  }
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "store/memory_store.hpp"

#include <algorithm>
#include <utility>

#include "store/history.hpp"

namespace dunlin {

namespace {

error unknown(const task_id& id) { return error{errc::not_found, "no task has the id " + to_string(id)}; }

}  // namespace

void memory_store::commit(transaction writes, completion<void> done) {
  result<void> outcome;
  {
    const std::lock_guard lock{mutex_};
    if (writes.leader_term < term_)
      outcome = fail(errc::stale_term, "a leader of term " + std::to_string(term_) + " has taken over");
    else
      outcome = insertable(writes.writes);
    if (outcome)
      for (auto& write : writes.writes) apply(std::move(write));
  }
  done(std::move(outcome));
}

/// Looks before anything is changed, so that a transaction is applied whole or not at all.
result<void> memory_store::insertable(const std::vector<task_write>& writes) const {
  std::map<task_id, bool> known;  // of those that an earlier write of the transaction inserts or forgets
  for (const auto& write : writes) {
    if (const auto* forgotten = std::get_if<erase_task>(&write)) known[forgotten->id] = false;
    const auto* added = std::get_if<insert_task>(&write);
    if (added == nullptr) continue;
    const auto& id = added->record->id;
    const auto at = known.try_emplace(id, tasks_.contains(id)).first;
    if (std::exchange(at->second, true)) return fail(errc::conflict, "task " + to_string(id) + " is stored already");
  }
  return {};
}

void memory_store::apply(task_write&& write) {
  std::visit([this](auto&& one) { apply_one(std::forward<decltype(one)>(one)); }, std::move(write));
}

void memory_store::apply_one(insert_task&& write) {
  const auto event = event_of(write, ++last_event_);
  auto& added = tasks_[write.record->id];
  added.record = std::move(*write.record);
  added.events.push_back(event);
}

void memory_store::apply_one(update_task&& write) {
  const auto at = tasks_.find(write.id);
  if (at == tasks_.end()) return;
  at->second.events.push_back(event_of(write, ++last_event_));
  at->second.record.status = std::move(write.status);
}

void memory_store::apply_one(update_progress&& write) {
  if (const auto at = tasks_.find(write.id); at != tasks_.end()) at->second.record.progress = std::move(write.progress);
}

void memory_store::apply_one(update_checkpoint&& write) {
  if (const auto at = tasks_.find(write.id); at != tasks_.end()) at->second.record.checkpoint = std::move(write.state);
}

void memory_store::apply_one(erase_task&& write) { tasks_.erase(write.id); }

result<void> memory_store::visit_all(const std::function<void(task_record&&)>& visit) {
  const std::lock_guard lock{mutex_};
  for (const auto& [id, entry] : tasks_) visit(task_record{entry.record});
  return {};
}

result<task_record> memory_store::find(const task_id& id) {
  const std::lock_guard lock{mutex_};
  const auto at = tasks_.find(id);
  if (at == tasks_.end()) return fail(unknown(id));
  return at->second.record;
}

result<std::vector<task_record>> memory_store::list(const task_filter& filter) {
  const std::lock_guard lock{mutex_};
  std::vector<task_record> out;
  for (auto at = tasks_.upper_bound(filter.after); at != tasks_.end() && out.size() < filter.limit; ++at) {
    if (!matches(filter, at->second.record)) continue;
    out.push_back(at->second.record);
    out.back().spec.payload.clear();
    out.back().status.output.clear();
    out.back().checkpoint.clear();
  }
  return out;
}

result<std::vector<task_event>> memory_store::events(const task_id& id, std::uint64_t after, std::uint32_t limit) {
  const std::lock_guard lock{mutex_};
  const auto at = tasks_.find(id);
  if (at == tasks_.end()) return fail(unknown(id));
  std::vector<task_event> out;
  const auto& all = at->second.events;
  for (auto next = std::ranges::upper_bound(all, after, {}, &task_event::sequence);
       next != all.end() && out.size() < limit; ++next)
    out.push_back(*next);
  return out;
}

result<std::uint32_t> memory_store::next_term() {
  const std::lock_guard lock{mutex_};
  return ++term_;
}

}  // namespace dunlin

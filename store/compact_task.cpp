// SPDX-License-Identifier: Apache-2.0
#include "store/compact_task.hpp"

#include <algorithm>

namespace dunlin {

namespace {

bool has_rare(const task_record& record) {
  const auto& spec = record.spec;
  return !spec.name.empty() || !spec.depends_on.empty() || spec.not_before != 0 || spec.deadline != 0 ||
         !spec.idempotency_key.empty() || !spec.labels.empty() || !spec.locks.empty() ||
         !spec.priority_boosts.empty() || !record.dependencies.empty() || !record.checkpoint.empty() ||
         record.progress != task_progress{};
}

bool has_rare(const task_status& status) {
  return status.not_before != 0 || status.fail_count != 0 || status.crash_count != 0 || status.cancel_requested ||
         !status.why.empty();
}

void fill_spec(task_spec& spec, const compact_task& row) {
  spec.priority = row.priority;
  if (!row.rare) return;
  const auto& rare = *row.rare;
  spec.name = rare.name;
  spec.depends_on = rare.depends_on;
  spec.not_before = rare.wanted_not_before;
  spec.deadline = rare.deadline;
  spec.idempotency_key = rare.idempotency_key;
  spec.labels = rare.labels;
  spec.locks = rare.locks;
  spec.priority_boosts = rare.boosts;
}

void fill_status(task_status& status, const compact_task& row) {
  status.state = row.state;
  status.reason = row.reason;
  status.attempt = row.attempt;
  status.epoch = row.epoch;
  status.owner_incarnation = row.owner_life;
  status.started = row.started;
  status.finished = row.finished;
  status.code = row.code;
  status.usage = row.usage;
  if (!row.rare) return;
  const auto& rare = *row.rare;
  status.not_before = rare.not_before;
  status.fail_count = rare.fail_count;
  status.crash_count = rare.crash_count;
  status.cancel_requested = rare.cancel_requested;
  status.why = rare.why;
}

}  // namespace

void task_compactor::keep(compact_task& row, task_record&& record) {
  row.submitted = record.submitted;
  row.shape = shapes_.intern(std::move(record.spec.shape));
  row.priority = record.spec.priority;
  row.payload = std::move(record.spec.payload);
  if (has_rare(record)) {
    auto& rare = row.more();
    rare.name = std::move(record.spec.name);
    rare.depends_on = std::move(record.spec.depends_on);
    rare.wanted_not_before = record.spec.not_before;
    rare.deadline = record.spec.deadline;
    rare.idempotency_key = std::move(record.spec.idempotency_key);
    rare.labels = std::move(record.spec.labels);
    rare.locks = std::move(record.spec.locks);
    rare.boosts = std::move(record.spec.priority_boosts);
    rare.dependencies = std::move(record.dependencies);
    rare.progress = std::move(record.progress);
    rare.checkpoint = std::move(record.checkpoint);
  }
  set_status(row, std::move(record.status));
}

void task_compactor::set_status(compact_task& row, task_status&& status) {
  row.state = status.state;
  row.reason = status.reason;
  row.attempt = status.attempt;
  row.epoch = status.epoch;
  row.owner = intern_owner(status.owner);
  row.owner_life = status.owner_incarnation;
  row.started = status.started;
  row.finished = status.finished;
  row.code = status.code;
  row.output = std::move(status.output);
  row.usage = status.usage;
  if (!row.rare && !has_rare(status)) return;
  auto& rare = row.more();
  rare.not_before = status.not_before;
  rare.fail_count = status.fail_count;
  rare.crash_count = status.crash_count;
  rare.cancel_requested = status.cancel_requested;
  rare.why = std::move(status.why);
}

void task_compactor::add_event(compact_task& row, const task_event& event) {
  const compact_event kept{event.sequence, event.at,   event.epoch, event.attempt, intern_owner(event.owner),
                           event.what,     event.state};
  if (row.event_count < compact_task::row_events)
    row.events[row.event_count++] = kept;
  else
    row.more().later_events.push_back(kept);
  if (!event.note.empty()) row.more().notes.emplace_back(event.sequence, event.note);
}

void task_compactor::drop(compact_task& row) {
  shapes_.release(row.shape);
  shapes_.clear_retired();
  const auto id = row.id;
  row = compact_task{};
  row.id = id;
  row.gone = true;
}

task_record task_compactor::outline_of(const compact_task& row) const {
  task_record out;
  out.id = row.id;
  out.submitted = row.submitted;
  out.spec.shape = shapes_.at(row.shape);
  fill_spec(out.spec, row);
  fill_status(out.status, row);
  out.status.owner = owners_[row.owner];
  if (!row.rare) return out;
  out.dependencies = row.rare->dependencies;
  out.progress = row.rare->progress;
  return out;
}

task_record task_compactor::record_of(const compact_task& row) const {
  auto out = outline_of(row);
  out.spec.payload = row.payload;
  out.status.output = row.output;
  if (row.rare) out.checkpoint = row.rare->checkpoint;
  return out;
}

bool task_compactor::matches(const task_filter& filter, const compact_task& row) const {
  const bool state = filter.states.empty() || std::ranges::find(filter.states, row.state) != filter.states.end();
  const bool kind = filter.kind.empty() || filter.kind == shapes_.at(row.shape).kind;
  const bool name = filter.name.empty() || (row.rare && filter.name == row.rare->name);
  const bool time = filter.finished_before == 0 || (row.finished != 0 && row.finished < filter.finished_before);
  return state && kind && name && time;
}

std::vector<task_event> task_compactor::events_of(const compact_task& row, std::uint64_t after,
                                                  std::uint32_t limit) const {
  std::vector<task_event> out;
  const auto add = [&](const compact_event& event) {
    if (event.sequence > after && out.size() < limit) out.push_back(event_of(row, event));
  };
  std::for_each_n(row.events.begin(), row.event_count, add);
  if (row.rare) std::ranges::for_each(row.rare->later_events, add);
  return out;
}

task_event task_compactor::event_of(const compact_task& row, const compact_event& event) const {
  task_event out{row.id,      event.sequence,       event.at, event.what, event.state, event.attempt,
                 event.epoch, owners_[event.owner], {}};
  if (!row.rare) return out;
  const auto note =
      std::ranges::lower_bound(row.rare->notes, event.sequence, {}, [](const auto& n) { return n.first; });
  if (note != row.rare->notes.end() && note->first == event.sequence) out.note = note->second;
  return out;
}

/// The nodes of a cluster are few, and one that is named is mostly the last one or none.
std::uint32_t task_compactor::intern_owner(const std::string& name) {
  if (name.empty()) return 0;
  if (owners_[last_owner_] == name) return last_owner_;
  const auto known = std::ranges::find(owners_, name);
  last_owner_ = static_cast<std::uint32_t>(known - owners_.begin());
  if (known == owners_.end()) owners_.push_back(name);
  return last_owner_;
}

}  // namespace dunlin

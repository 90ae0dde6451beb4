// SPDX-License-Identifier: Apache-2.0
// Tasks and changes of them, for tests of what keeps them.
#pragma once

#include <string>

#include "coordination/tasks/task_record.hpp"

namespace dunlin::testing {

inline task_id id_of(std::uint64_t number) { return {number, ~number}; }

/// A new task: number `number`, of a kind.
inline task_record task(std::uint64_t number, std::string kind = "digits") {
  task_record out;
  out.id = id_of(number);
  out.spec.name = "task-" + std::to_string(number);
  out.spec.shape.kind = std::move(kind);
  out.spec.payload = to_bytes("payload " + std::to_string(number));
  out.submitted = 1'000 + static_cast<wall_ms>(number);
  return out;
}

inline task_write insert(task_record record) { return insert_task{std::move(record)}; }

/// The change of a task to `state`; an end has a time, `finished`.
inline update_task change(std::uint64_t number, transition what, task_state state, wall_ms finished = 0) {
  update_task out{id_of(number), what, 2'000, {}};
  out.status.state = state;
  out.status.finished = finished;
  return out;
}

inline update_task grant(std::uint64_t number, std::uint32_t attempt) {
  auto out = change(number, transition::grant, task_state::leased);
  out.status.attempt = attempt;
  out.status.epoch = make_epoch(1, attempt);
  out.status.owner = "node-a";
  return out;
}

inline update_task success(std::uint64_t number, wall_ms finished, std::string_view output = "42") {
  auto out = change(number, transition::succeed, task_state::succeeded, finished);
  out.status.output = to_bytes(output);
  return out;
}

/// Which tasks are meant, field by field.
class those {
 public:
  those&& in(std::vector<task_state> states) && { return filter_.states = std::move(states), std::move(*this); }
  those&& of(std::string kind) && { return filter_.kind = std::move(kind), std::move(*this); }
  those&& named(std::string name) && { return filter_.name = std::move(name), std::move(*this); }
  those&& ended_before(wall_ms when) && { return filter_.finished_before = when, std::move(*this); }
  those&& after(const task_id& id) && { return filter_.after = id, std::move(*this); }
  those&& at_most(std::uint32_t limit) && { return filter_.limit = limit, std::move(*this); }
  operator const task_filter&() const { return filter_; }

 private:
  task_filter filter_;
};

template <class... Writes>
transaction writes(Writes&&... each) {
  transaction out;
  (out.writes.emplace_back(std::forward<Writes>(each)), ...);
  return out;
}

template <class... Writes>
transaction in_term(std::uint32_t term, Writes&&... each) {
  auto out = writes(std::forward<Writes>(each)...);
  out.leader_term = term;
  return out;
}

}  // namespace dunlin::testing

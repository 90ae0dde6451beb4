// SPDX-License-Identifier: Apache-2.0
// How tasks end, and what their end does to others.
#include <algorithm>
#include <utility>

#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

namespace {

/// What a user needs of a root cause; the root's own record has all of it.
constexpr std::size_t max_cause = 512;

/// Longer reasons are cut: a table holds many of them.
constexpr std::size_t max_why = 4'096;

/// Cuts between characters, never inside one.
void cut(std::string& text, std::size_t limit) {
  if (text.size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>(text[limit]) & 0xc0) == 0x80) --limit;
  text.resize(limit);
}

void keep_why(task_row& row, std::string why) {
  if (why.empty() && !row.extras) return;
  cut(why, max_why);
  row.more().why = std::move(why);
}

}  // namespace

std::string describe_root(std::string_view name, const task_end& how) {
  std::string text = "task '" + std::string{name} + "' " + std::string{to_string(how.state)};
  if (how.code != errc::none) text += ": " + std::string{to_string(how.code)};
  if (!how.why.empty()) text += ": " + how.why;
  cut(text, max_cause);
  return text;
}

void table_core::take_back(std::uint32_t index, transition what, errc code, std::string why, instant at,
                           transaction& commit) {
  auto& row = rows[index];
  if (row.cancel_requested) {
    end(index, {task_state::cancelled, transition::cancel, errc::cancelled, "cancelled on request"}, at, commit);
    return;
  }
  clocks.stop(index);
  row.awaits_adoption = false;
  row.code = code;
  keep_why(row, std::move(why));
  set_state(row, task_state::pending);
  settle_pending(index, at);
  write(row, what, at, commit);
}

void table_core::back_off(std::uint32_t index, duration delay, task_outcome& outcome, instant at, transaction& commit) {
  auto& row = rows[index];
  row.code = outcome.code;
  row.not_before = at.wall + std::chrono::ceil<milliseconds>(delay).count();
  row.awaits_adoption = false;
  row.more().usage = outcome.usage;
  keep_why(row, std::move(outcome.why));
  set_state(row, task_state::backoff);
  clocks.start(index, row_clock::wake, at.now + delay);
  write(row, transition::fail, at, commit);
}

void table_core::lose_lease(std::uint32_t index, bool crashed, errc code, std::string why, instant at,
                            transaction& commit) {
  auto& row = rows[index];
  ++counts.lease_losses;
  if (crashed && !owners[row.owner].draining) ++row.crash_count;
  if (row.crash_count < config.crash_limit || row.cancel_requested) {
    take_back(index, transition::lease_lost, code, std::move(why), at, commit);
    return;
  }
  end(index,
      {task_state::dead, transition::poison, errc::poisoned,
       "it crashed its host " + std::to_string(row.crash_count) + " times; the last time: " + why},
      at, commit);
}

void table_core::end(std::uint32_t index, task_end how, instant at, transaction& commit, task_outcome* outcome) {
  const bool succeeded = how.state == task_state::succeeded;
  const bool waited_for = rows[index].extras && !rows[index].extras->dependents.empty();
  const auto cause = waited_for && !succeeded ? describe_root(name_of(index), how) : std::string{};
  end_row(index, std::move(how), at, commit, outcome);
  if (waited_for && succeeded) release_dependents(index, at);
  if (waited_for && !succeeded) fail_dependents(index, cause, at, commit);
  shrink(index);
  keep_bounds(commit);
}

void table_core::end_row(std::uint32_t index, task_end&& how, instant at, transaction& commit, task_outcome* outcome) {
  auto& row = rows[index];
  clocks.stop_deadline(index);
  clocks.start(index, row_clock::ended, at.now + config.terminal_memory);
  set_state(row, how.state);
  row.awaits_adoption = false;
  row.reason = pending_reason::none;
  row.finished = at.wall;
  row.code = how.code;
  keep_why(row, std::move(how.why));
  auto& status = write(row, how.what, at, commit);
  if (outcome == nullptr) return;
  status.usage = outcome->usage;
  if (how.state == task_state::succeeded) status.output = std::move(outcome->output);
}

void table_core::release_dependents(std::uint32_t index, instant at) {
  for (const auto dependent : graph.take_dependents(index))
    if (--rows[dependent].waits_for == 0) settle_pending(dependent, at);
}

void table_core::fail_dependents(std::uint32_t index, const std::string& cause, instant at, transaction& commit) {
  // A list instead of recursion: chains may be as long as the queue.
  auto doomed_rows = graph.take_dependents(index);
  while (!doomed_rows.empty()) {
    const auto next = doomed_rows.back();
    doomed_rows.pop_back();
    if (!rows[next].waiting()) continue;
    end_row(next, {task_state::failed, transition::dependency_failed, errc::dependency_failed, cause}, at, commit,
            nullptr);
    const auto more = graph.take_dependents(next);
    doomed_rows.insert(doomed_rows.end(), more.begin(), more.end());
    shrink(next);
  }
}

void table_core::fail_dependent(std::uint32_t index, instant at, transaction& commit) {
  std::string cause = "a task it depends on did not succeed";
  for (const auto& id : rows[index].extras->dependencies)
    if (const auto found = find(id); found != no_row && is_terminal(rows[found].state))
      if (rows[found].state != task_state::succeeded)
        cause = describe_root(to_string(id), {rows[found].state, transition::fail, rows[found].code, {}});
  end(index, {task_state::failed, transition::dependency_failed, errc::dependency_failed, std::move(cause)}, at,
      commit);
}

void table_core::doom(std::uint32_t index, instant at) {
  doomed.push_back(rows.slot_of(index));
  doomed_since = at.now;
}

void table_core::fail_doomed(instant at, transaction& commit) {
  for (const auto slot : std::exchange(doomed, {}))
    if (rows.holds(slot) && rows[slot.index].waiting()) fail_dependent(slot.index, at, commit);
}

/// Only what later answers need stays in memory: the row itself, and the key.
void table_core::shrink(std::uint32_t index) {
  auto& row = rows[index];
  shapes.release(row.shape);
  dependents.erase(index);
  set_payload(row, {});
  row.waits_for = 0;
  if (!row.extras) return;
  auto extras = std::exchange(row.extras, nullptr);
  if (extras->key.empty()) return;
  row.more().key = std::move(extras->key);
  row.more().key_content = extras->key_content;
}

void table_core::forget_oldest(transaction& commit) {
  const auto oldest = clocks.first(row_clock::ended);
  commit.leader_term = term;
  commit.writes.emplace_back(erase_task{rows[oldest].id});
  // Nobody has touched it for long, nor what is forgotten next: that is fetched while other work is done. The row after
  // the next one needs its neighbour's link, so it was fetched last time.
  if (const auto next = rows[oldest].next; next != no_row) {
    by_id.prefetch(hash_of(rows[next].id));
    if (const auto after = rows[next].next; after != no_row) rows.prefetch(after);
  }
  remove(oldest);
}

void table_core::keep_bounds(transaction& commit) {
  while (counts.terminal > config.max_terminal_tasks) forget_oldest(commit);
}

std::uint32_t table_core::link_dependencies(std::uint32_t index, bool once) {
  auto failed = no_row;
  if (!rows[index].extras) return failed;
  for (const auto& id : rows[index].extras->dependencies) {
    const auto dependency = find(id);
    // A task that is not known any more ended well: had it failed, so had its dependents, in the same transaction.
    if (dependency == no_row || rows[dependency].state == task_state::succeeded) continue;
    if (is_terminal(rows[dependency].state)) {
      failed = dependency;
      ++rows[index].waits_for;
    } else if (once) {
      graph.link_once(index, dependency);
    } else {
      graph.link(index, dependency);
    }
  }
  return failed;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// T1 and T1b: admission of a batch. Everything is checked before anything changes.
#include <algorithm>
#include <optional>
#include <utility>

#include "coordination/tasks/batch_plan.hpp"
#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

namespace {

constexpr std::string_view capacity_hint = "try again when tasks have finished, or raise the queue size";

/// One batch on its way into a table.
class submission {
 public:
  submission(table_core& table, std::vector<task_spec>& batch, const batch_plan& plan, instant at)
      : table_(table), batch_(batch), plan_(plan), at_(at), answers_(batch.size()), rows_(table.scratch) {}

  result<void> admit() {
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (auto known = find_known(i); !known) return known;
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (!answers_[i].existed)
        if (auto checked = check(i); !checked) return checked;
    return check_capacity();
  }

  std::vector<submit_answer> insert(transaction& commit) {
    for (auto& answer : answers_)
      if (!answer.existed) answer.id = table_.ids_made.next(at_.wall);
    rows_.assign(batch_.size(), no_row);
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (!answers_[i].existed) rows_[i] = add(i);
    make_room(commit);
    for (std::size_t i = 0; i < batch_.size(); ++i)
      if (rows_[i] != no_row) settle(rows_[i], std::move(batch_[i]), commit);
    return std::move(answers_);
  }

 private:
  [[nodiscard]] static std::string path(std::size_t member, std::string_view field) {
    return "tasks[" + std::to_string(member) + "]." + std::string{field};
  }

  result<void> find_known(std::size_t member) {
    const auto& key = batch_[member].idempotency_key;
    const auto index = key.empty() ? no_row : table_.find_key(key);
    if (index == no_row) return {};
    const auto& row = table_.rows[index];
    if (row.extras->key_content != hash_of(batch_[member]))
      return fail(errc::duplicate_key,
                  "'" + key + "' is the key of task " + to_string(row.id) + ", which is another one",
                  "repeat a submission unchanged, or use a new key", path(member, "idempotency_key"));
    answers_[member] = {row.id, true};
    return {};
  }

  result<void> check(std::size_t member) {
    const auto& spec = batch_[member];
    if (spec.deadline != 0 && spec.deadline <= at_.wall)
      return fail(errc::expired, "the deadline passed " + std::to_string(at_.wall - spec.deadline) + " ms ago",
                  "give a deadline in the future", path(member, "deadline"));
    ++added_;
    added_bytes_ += spec.payload.size();
    if (plan_.of.empty()) return {};
    for (std::size_t i = 0; i < plan_.of[member].size(); ++i)
      if (auto checked = check_dependency(plan_.of[member][i], path(member, "depends_on[" + std::to_string(i) + "]"));
          !checked)
        return checked;
    return {};
  }

  result<void> check_dependency(const batch_dependency& dependency, std::string field) const {
    const bool inside = dependency.member != batch_dependency::outside;
    if (inside && !answers_[dependency.member].existed) return {};
    const auto id = inside ? answers_[dependency.member].id : dependency.id;
    const auto index = table_.find(id);
    if (index == no_row)
      return fail(errc::unknown_dependency, "no task has the id " + to_string(id),
                  "it was never submitted, or it ended long ago and was erased", std::move(field));
    const auto state = table_.rows[index].state;
    if (!is_terminal(state) || state == task_state::succeeded) return {};
    return fail(errc::dependency_failed, "task " + to_string(id) + " has " + std::string{to_string(state)},
                "requeue or resubmit that task first", std::move(field));
  }

  [[nodiscard]] result<void> check_capacity() const {
    const auto& config = table_.config;
    if (table_.counts.live + added_ > config.max_live_tasks)
      return fail(errc::overloaded,
                  std::to_string(table_.counts.live) + " tasks are queued or running, " + std::to_string(added_) +
                      " more would exceed " + std::to_string(config.max_live_tasks),
                  std::string{capacity_hint});
    if (table_.payload_bytes + added_bytes_ > config.max_payload_bytes)
      return fail(errc::overloaded,
                  "the payloads of unfinished tasks take " + std::to_string(table_.payload_bytes) + " bytes, " +
                      std::to_string(added_bytes_) + " more would exceed " + std::to_string(config.max_payload_bytes),
                  std::string{capacity_hint});
    return {};
  }

  std::uint32_t add(std::size_t member) {
    const auto& spec = batch_[member];
    const auto index = table_.add(answers_[member].id);
    table_.rows[index].submitted = at_.wall;
    table_.describe(index, spec, dependencies_of(member));
    if (!spec.idempotency_key.empty()) table_.set_key(index, spec.idempotency_key, hash_of(spec));
    return index;
  }

  [[nodiscard]] std::vector<task_id> dependencies_of(std::size_t member) const {
    std::vector<task_id> out;
    if (plan_.of.empty()) return out;
    for (const auto& each : plan_.of[member])
      out.push_back(each.member == batch_dependency::outside ? each.id : answers_[each.member].id);
    std::ranges::sort(out);
    out.erase(std::unique(out.begin(), out.end()), out.end());
    return out;
  }

  void make_room(transaction& commit) const {
    const auto needed = commit.writes.size() + added_;
    if (needed > commit.writes.capacity()) commit.writes.reserve(std::max(needed, commit.writes.capacity() * 2));
  }

  void settle(std::uint32_t index, task_spec&& spec, transaction& commit) {
    table_.link_dependencies(index, false);
    table_.arm_deadline(index, at_);
    table_.settle_pending(index, at_);
    const auto& row = table_.rows[index];
    commit.leader_term = table_.term;
    auto& record = *std::get<insert_task>(commit.writes.emplace_back(std::in_place_type<insert_task>)).record;
    record.id = row.id;
    record.spec = std::move(spec);
    if (row.extras) record.dependencies = row.extras->dependencies;
    record.submitted = row.submitted;
    table_.fill(record.status, row);
  }

  table_core& table_;
  std::vector<task_spec>& batch_;
  const batch_plan& plan_;
  instant at_;
  std::vector<submit_answer> answers_;
  std::vector<std::uint32_t>& rows_;
  std::uint64_t added_ = 0;
  std::uint64_t added_bytes_ = 0;
};

}  // namespace

result<std::vector<submit_answer>> task_table::on_submit(std::vector<task_spec>&& batch, instant at,
                                                         transaction& commit) {
  if (auto checked = validate_each(batch, &core_->shapes); !checked) return fail(std::move(checked.error()));
  const auto plan = plan_batch(batch);
  if (!plan) return fail(plan.error());
  submission job{*core_, batch, *plan, at};
  if (auto admitted = job.admit(); !admitted) return fail(std::move(admitted.error()));
  return job.insert(commit);
}

result<void> task_table::on_requeue(task_record&& stored, instant at, transaction& commit) {
  const auto index = core_->find(stored.id);
  if (index == no_row) return fail(errc::not_found, "no task has the id " + to_string(stored.id));
  if (auto allowed = core_->check_requeue(index, stored, at); !allowed) return allowed;
  auto& row = core_->rows[index];
  core_->clocks.stop(index);
  core_->set_state(row, task_state::pending);
  core_->describe(index, stored.spec, std::move(stored.dependencies));
  if (!stored.checkpoint.empty()) row.more().checkpoint = std::move(stored.checkpoint);
  row.fail_count = row.crash_count = 0;
  row.cancel_requested = false;
  row.started = row.finished = 0;
  row.code = errc::none;
  core_->link_dependencies(index, true);
  core_->arm_deadline(index, at);
  core_->settle_pending(index, at);
  core_->write(row, transition::requeue, at, commit);
  if (stored.progress != task_progress{}) commit.writes.emplace_back(update_progress{row.id, {}});
  return {};
}

result<void> table_core::check_requeue(std::uint32_t index, const task_record& stored, instant at) const {
  const auto& row = rows[index];
  if (row.state != task_state::failed && row.state != task_state::dead)
    return fail(errc::conflict, "the task is " + std::string{to_string(row.state)},
                "only failed and dead tasks are requeued");
  if (stored.status.epoch != row.epoch || stored.status.state != row.state)
    return fail(errc::conflict, "the stored record is not the task's newest one", "try again");
  if (stored.spec.deadline != 0 && stored.spec.deadline <= at.wall)
    return fail(errc::conflict, "the task's deadline has passed", "submit it again with a later one");
  for (const auto& id : stored.dependencies) {
    const auto found = find(id);
    const bool lost = found == no_row ? row.code == errc::dependency_failed
                                      : is_terminal(rows[found].state) && rows[found].state != task_state::succeeded;
    if (lost)
      return fail(errc::conflict, "it depends on task " + to_string(id) + ", which did not succeed",
                  "requeue that task first");
  }
  if (counts.live >= config.max_live_tasks || payload_bytes + stored.spec.payload.size() > config.max_payload_bytes)
    return fail(errc::overloaded, std::to_string(counts.live) + " tasks are queued or running",
                std::string{capacity_hint});
  return {};
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/tasks/task_table.hpp"

#include <algorithm>
#include <utility>

#include "coordination/tasks/table/table_core.hpp"

namespace dunlin {

task_table::task_table(task_table_config config, std::uint64_t seed, std::uint32_t term)
    : core_(std::make_unique<table_core>(config, seed, term)) {}
task_table::~task_table() = default;
task_table::task_table(task_table&&) noexcept = default;
task_table& task_table::operator=(task_table&&) noexcept = default;

owner_slot task_table::intern_owner(std::string node, incarnation life) {
  return core_->owners.intern(std::move(node), life);
}

const std::string& task_table::owner_node(owner_slot owner) const { return core_->owners[owner].node; }
incarnation task_table::owner_life(owner_slot owner) const { return core_->owners[owner].life; }
std::uint32_t task_table::granted(owner_slot owner) const noexcept { return core_->owners[owner].granted; }

const resource_sum& task_table::in_use(owner_slot owner) const noexcept { return core_->owners[owner].in_use; }

std::span<const ready_task> task_table::newly_ready() const noexcept { return core_->ready; }
void task_table::clear_newly_ready() noexcept { core_->ready.clear(); }

bool task_table::is_ready(task_slot slot) const noexcept {
  return core_->rows.holds(slot) && core_->rows[slot.index].ready();
}

std::uint8_t task_table::priority(task_slot slot, instant at) const {
  return priority_of(core_->rows[slot.index], at.wall);
}

void task_table::note_waiting(task_slot slot, pending_reason why) noexcept {
  if (is_ready(slot)) core_->rows[slot.index].reason = why;
}

std::optional<task_slot> task_table::slot_of(const task_id& id) const noexcept {
  const auto index = core_->find(id);
  if (index == no_row) return std::nullopt;
  return core_->rows.slot_of(index);
}

bool task_table::knows_key(std::string_view key) const { return !key.empty() && core_->find_key(key) != no_row; }

task_id task_table::id_of(task_slot slot) const noexcept {
  return core_->rows.holds(slot) ? core_->rows[slot.index].id : task_id{};
}

std::span<const std::string> task_table::locks_of(task_slot slot) const noexcept {
  if (!core_->rows.holds(slot)) return {};
  const auto* extras = core_->rows[slot.index].extras.get();
  return extras == nullptr ? std::span<const std::string>{} : std::span<const std::string>{extras->locks};
}

std::vector<task_slot> task_table::granted_with_locks() const {
  const auto& rows = core_->rows;
  std::vector<task_slot> out;
  for (auto index = core_->clocks.first(row_clock::lease); index != no_row; index = rows[index].next)
    if (rows[index].extras && !rows[index].extras->locks.empty()) out.push_back(rows.slot_of(index));
  std::ranges::sort(out, {}, [&](task_slot slot) { return rows[slot.index].id; });
  return out;
}

std::optional<grant_holder> task_table::holder_of(const task_id& id) const noexcept {
  const auto index = core_->find(id);
  if (index == no_row || !core_->rows[index].granted()) return std::nullopt;
  return grant_holder{core_->rows[index].owner, {id, core_->rows[index].epoch}};
}

const task_counts& task_table::counts() const noexcept { return core_->counts; }
std::uint32_t task_table::term() const noexcept { return core_->term; }
shape_table& task_table::shapes() noexcept { return core_->shapes; }
const shape_table& task_table::shapes() const noexcept { return core_->shapes; }

std::optional<task_status_view> task_table::find(const task_id& id) const {
  const auto index = core_->find(id);
  if (index == no_row) return std::nullopt;
  return core_->view(index);
}

}  // namespace dunlin

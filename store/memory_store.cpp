// SPDX-License-Identifier: Apache-2.0
#include "store/memory_store.hpp"

#include <map>
#include <utility>
#include <variant>

#include "store/compact_rows.hpp"
#include "store/history.hpp"

namespace dunlin {

namespace {

/// Rows that a list looks at before it lets writers in.
constexpr std::size_t longest_look = 4'096;

constexpr std::size_t far_ahead = 24;
constexpr std::size_t ahead = 8;

error unknown(const task_id& id) { return error{errc::not_found, "no task has the id " + to_string(id)}; }

}  // namespace

struct memory_store::tables {
  compact_rows rows;
  task_compactor compactor;
  std::uint64_t last_event = 0;

  /// Looks before anything is changed, so that a transaction is applied whole or not at all.
  [[nodiscard]] result<void> insertable(const std::vector<task_write>& writes) {
    auto highest = rows.highest();
    for (const auto& write : writes)
      if (const auto* added = std::get_if<insert_task>(&write)) {
        const auto& id = added->record->id;
        if (id <= highest) return look_each_up(writes);
        highest = id;  // higher than every other one: new
      }
    return {};
  }

  [[nodiscard]] result<void> look_each_up(const std::vector<task_write>& writes) {
    std::map<task_id, bool> known;  // of those that an earlier write of the transaction inserts or forgets
    for (const auto& write : writes) {
      if (const auto* forgotten = std::get_if<erase_task>(&write)) known[forgotten->id] = false;
      const auto* added = std::get_if<insert_task>(&write);
      if (added == nullptr) continue;
      const auto& id = added->record->id;
      const auto at = known.try_emplace(id, rows.find(id) != nullptr).first;
      if (std::exchange(at->second, true)) return fail(errc::conflict, "task " + to_string(id) + " is stored already");
    }
    return {};
  }

  /// Of a million rows few lie in a core's cache, so what the writes ahead need is fetched while this one is done.
  void apply(std::vector<task_write>& writes) {
    for (std::size_t at = 0; at < writes.size(); ++at) {
      if (at + far_ahead < writes.size()) rows.prefetch_place(id_of(writes[at + far_ahead]));
      if (at + ahead < writes.size()) rows.prefetch_row(id_of(writes[at + ahead]));
      std::visit(*this, writes[at]);
    }
  }

  void operator()(insert_task& write) {
    const auto event = event_of(write, ++last_event);
    auto& row = rows.add(event.id);
    compactor.keep(row, std::move(*write.record));
    compactor.add_event(row, event);
  }

  void operator()(update_task& write) {
    auto* row = rows.find(write.id);
    if (row == nullptr) return;
    compactor.add_event(*row, event_of(write, ++last_event));
    compactor.set_status(*row, std::move(write.status));
  }

  void operator()(update_progress& write) {
    if (auto* row = rows.find(write.id)) row->more().progress = std::move(write.progress);
  }

  void operator()(update_checkpoint& write) {
    if (auto* row = rows.find(write.id)) row->more().checkpoint = std::move(write.state);
  }

  void operator()(erase_task& write) {
    auto* row = rows.find(write.id);
    if (row == nullptr) return;
    compactor.drop(*row);
    rows.erase(*row);
  }
};

memory_store::memory_store() : tables_(std::make_unique<tables>()) {}
memory_store::~memory_store() = default;

void memory_store::commit(transaction&& writes, completion<void> done) {
  result<void> outcome;
  {
    const std::lock_guard lock{mutex_};
    if (writes.leader_term < term_)
      outcome = fail(errc::stale_term, "a leader of term " + std::to_string(term_) + " has taken over");
    else
      outcome = tables_->insertable(writes.writes);
    if (outcome) tables_->apply(writes.writes);
  }
  done(std::move(outcome));
}

result<void> memory_store::visit_all(const std::function<void(task_record&&)>& visit) {
  const std::lock_guard lock{mutex_};
  tables_->rows.visit_after({}, [&](const compact_task& row) {
    visit(tables_->compactor.record_of(row));
    return true;
  });
  return {};
}

result<task_record> memory_store::find(const task_id& id) {
  const std::lock_guard lock{mutex_};
  const auto* row = tables_->rows.find(id);
  if (row == nullptr) return fail(unknown(id));
  return tables_->compactor.record_of(*row);
}

/// Few of a million tasks may match, so writers get their turn in between.
result<std::vector<task_record>> memory_store::list(const task_filter& filter) {
  std::vector<task_record> out;
  auto after = filter.after;
  for (std::size_t seen = longest_look; seen == longest_look && out.size() < filter.limit;) {
    const std::lock_guard lock{mutex_};
    seen = 0;
    tables_->rows.visit_after(after, [&](const compact_task& row) {
      after = row.id;
      if (tables_->compactor.matches(filter, row)) out.push_back(tables_->compactor.outline_of(row));
      return out.size() < filter.limit && ++seen < longest_look;
    });
  }
  return out;
}

result<std::vector<task_event>> memory_store::events(const task_id& id, std::uint64_t after, std::uint32_t limit) {
  const std::lock_guard lock{mutex_};
  const auto* row = tables_->rows.find(id);
  if (row == nullptr) return fail(unknown(id));
  return tables_->compactor.events_of(*row, after, limit);
}

result<std::uint32_t> memory_store::next_term() {
  const std::lock_guard lock{mutex_};
  return ++term_;
}

}  // namespace dunlin

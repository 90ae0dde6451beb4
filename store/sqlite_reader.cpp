// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_reader.hpp"

#include <SQLiteCpp/Statement.h>

#include <utility>

#include "store/sqlite_schema.hpp"
#include "store/task_rows.hpp"

namespace dunlin {

namespace {

constexpr int busy_ms = 2'000;

/// Only numbers and our own words go into the text; what a user wrote is bound.
std::string query_of(const task_filter& filter) {
  std::string states;
  for (const auto state : filter.states)
    states += (states.empty() ? "" : ", ") + std::to_string(static_cast<int>(state));
  auto query = std::string{"SELECT "} + small_columns + " FROM tasks WHERE id > ?1";
  if (!states.empty()) query += " AND state IN (" + states + ")";
  if (!filter.kind.empty()) query += " AND kind = ?2";
  if (!filter.name.empty()) query += " AND name = ?3";
  if (filter.finished_before != 0) query += " AND finished > 0 AND finished < ?4";
  return query + " ORDER BY id LIMIT ?5";
}

void bind_filter(SQLite::Statement& rows, const task_filter& filter) {
  bind_id(rows, 1, filter.after);
  if (!filter.kind.empty()) rows.bind(2, filter.kind);
  if (!filter.name.empty()) rows.bind(3, filter.name);
  if (filter.finished_before != 0) rows.bind(4, static_cast<std::int64_t>(filter.finished_before));
  rows.bind(5, static_cast<std::int64_t>(filter.limit));
}

error unknown(const task_id& id) { return error{errc::not_found, "no task has the id " + to_string(id)}; }

template <class Row, class Decode>
result<std::vector<Row>> collect(SQLite::Statement& rows, Decode decode) {
  std::vector<Row> out;
  while (rows.executeStep()) {
    auto row = decode(rows);
    if (!row) return fail(std::move(row.error()));
    out.push_back(std::move(*row));
  }
  return out;
}

}  // namespace

sqlite_reader::sqlite_reader(std::string path)
    : path_(std::move(path)), database_(path_, SQLite::OPEN_READONLY, busy_ms) {}

/// Runs `read` alone. Errors: those of SQLite, in our words.
template <class Read>
auto sqlite_reader::read(Read read) -> decltype(read()) {
  const std::lock_guard lock{mutex_};
  try {
    return read();
  } catch (const SQLite::Exception& thrown) {
    return fail(store_error(thrown, path_));
  }
}

result<void> sqlite_reader::visit_all(const std::function<void(task_record&&)>& visit) {
  return read([&]() -> result<void> {
    SQLite::Statement rows{database_, std::string{"SELECT "} + all_columns + " FROM tasks ORDER BY id"};
    while (rows.executeStep()) {
      auto record = read_record(rows);
      if (!record) return fail(std::move(record.error()));
      visit(std::move(*record));
    }
    return {};
  });
}

result<task_record> sqlite_reader::find(const task_id& id) {
  return read([&]() -> result<task_record> {
    SQLite::Statement row{database_, std::string{"SELECT "} + all_columns + " FROM tasks WHERE id = ?"};
    bind_id(row, 1, id);
    if (!row.executeStep()) return fail(unknown(id));
    return read_record(row);
  });
}

result<std::vector<task_record>> sqlite_reader::list(const task_filter& filter) {
  return read([&] {
    SQLite::Statement rows{database_, query_of(filter)};
    bind_filter(rows, filter);
    return collect<task_record>(rows, read_record);
  });
}

result<std::vector<task_event>> sqlite_reader::events(const task_id& id, std::uint64_t after, std::uint32_t limit) {
  return read([&]() -> result<std::vector<task_event>> {
    SQLite::Statement known{database_, "SELECT 1 FROM tasks WHERE id = ?"};
    bind_id(known, 1, id);
    if (!known.executeStep()) return fail(unknown(id));
    SQLite::Statement rows{database_,
                           "SELECT event FROM events WHERE task = ? AND sequence > ? ORDER BY sequence LIMIT ?"};
    bind_id(rows, 1, id);
    rows.bind(2, static_cast<std::int64_t>(after));
    rows.bind(3, static_cast<std::int64_t>(limit));
    return collect<task_event>(rows, [&](SQLite::Statement& row) { return read_event(id, row); });
  });
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// The floor of durable submission: SQLite alone, called as its authors advise (prepared statements, one transaction for
// many rows, write-ahead log, every commit synced), inserting rows that were read from a database into memory before
// the clock starts. Nothing of Dunlin is included: tables, indexes and bytes are those that the source file has.
#include <sqlite3.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace {

using clock_type = std::chrono::steady_clock;
using database = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;
using statement = std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)>;

struct cell {
  int type = SQLITE_NULL;
  sqlite3_int64 number = 0;
  std::string raw;
};
using row = std::vector<cell>;

database open(const std::string& path) {
  sqlite3* out = nullptr;
  sqlite3_open(path.c_str(), &out);
  return {out, sqlite3_close};
}

statement prepare(const database& in, const std::string& text) {
  sqlite3_stmt* out = nullptr;
  sqlite3_prepare_v3(in.get(), text.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &out, nullptr);
  return {out, sqlite3_finalize};
}

bool execute(const database& in, const std::string& text) {
  return sqlite3_exec(in.get(), text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK;
}

cell read_cell(sqlite3_stmt* from, int column) {
  cell out{sqlite3_column_type(from, column), sqlite3_column_int64(from, column), {}};
  const auto* raw = static_cast<const char*>(sqlite3_column_blob(from, column));
  if (raw != nullptr) out.raw.assign(raw, static_cast<std::size_t>(sqlite3_column_bytes(from, column)));
  return out;
}

std::vector<row> read_rows(const database& in, const std::string& query) {
  std::vector<row> out;
  const auto rows = prepare(in, query);
  while (sqlite3_step(rows.get()) == SQLITE_ROW) {
    auto& added = out.emplace_back();
    for (int i = 0; i < sqlite3_column_count(rows.get()); ++i) added.push_back(read_cell(rows.get(), i));
  }
  return out;
}

void bind(sqlite3_stmt* to, int index, const cell& from) {
  const auto size = static_cast<int>(from.raw.size());
  if (from.type == SQLITE_INTEGER) sqlite3_bind_int64(to, index, from.number);
  if (from.type == SQLITE_TEXT) sqlite3_bind_text(to, index, from.raw.data(), size, SQLITE_STATIC);
  if (from.type == SQLITE_BLOB) sqlite3_bind_blob(to, index, from.raw.data(), size, SQLITE_STATIC);
}

bool run(sqlite3_stmt* one) {
  const bool done = sqlite3_step(one) == SQLITE_DONE;
  return sqlite3_reset(one) == SQLITE_OK && done;
}

bool insert(sqlite3_stmt* with, const row& values) {
  for (std::size_t i = 0; i < values.size(); ++i) bind(with, static_cast<int>(i) + 1, values[i]);
  return run(with);
}

statement prepare_insert(const database& in, const std::string& table, std::size_t columns) {
  std::string text = "INSERT INTO " + table + " VALUES(?";
  for (std::size_t i = 1; i < columns; ++i) text += ",?";
  return prepare(in, text + ")");
}

/// Creates the tables and indexes of `source`; with `one_table` the history is one more column of the tasks.
bool create_like(const database& source, const database& target, bool one_table) {
  for (const auto* pragma : {"journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=4000", "cache_size=-65536"})
    execute(target, std::string{"PRAGMA "} + pragma);
  bool created = true;
  for (const auto& one : read_rows(source, "SELECT sql, name FROM sqlite_schema WHERE sql IS NOT NULL"))
    if (!one_table || one[1].raw != "events") created &= execute(target, one[0].raw);
  return created && (!one_table || execute(target, "ALTER TABLE tasks ADD COLUMN history BLOB"));
}

}  // namespace

/// Returns tasks per second, each with its first event, in transactions of `group` tasks; 0 if anything failed.
extern "C" __attribute__((visibility("default"))) double bare_sqlite_rate(const char* source, const char* target,
                                                                          std::size_t count, std::size_t group,
                                                                          bool one_table) {
  const auto from = open(source);
  const auto limit = " LIMIT " + std::to_string(count);
  auto tasks = read_rows(from, "SELECT * FROM tasks ORDER BY row" + limit);
  const auto events = read_rows(from, "SELECT e.* FROM tasks t JOIN events e ON e.task = t.id ORDER BY t.row" + limit);
  if (tasks.size() != count || events.size() != count) return 0;
  for (std::size_t i = 0; i < count; ++i) {
    tasks[i][0] = {};  // SQLite numbers the rows
    if (one_table) tasks[i].push_back(events[i].back());
  }
  for (const auto* suffix : {"", "-wal", "-shm"}) std::remove((std::string{target} + suffix).c_str());
  const auto to = open(target);
  bool right = create_like(from, to, one_table);
  const auto begin = prepare(to, "BEGIN IMMEDIATE");
  const auto commit = prepare(to, "COMMIT");
  const auto insert_task = prepare_insert(to, "tasks", tasks.front().size());
  const auto insert_event =
      one_table ? statement{nullptr, sqlite3_finalize} : prepare_insert(to, "events", events.front().size());
  const auto started = clock_type::now();
  for (std::size_t i = 0; i < count && right; ++i) {
    if (i % group == 0) right &= run(begin.get());
    right &= insert(insert_task.get(), tasks[i]) && (one_table || insert(insert_event.get(), events[i]));
    if (i % group == group - 1 || i + 1 == count) right &= run(commit.get());
  }
  const std::chrono::duration<double> took = clock_type::now() - started;
  return right ? static_cast<double>(count) / took.count() : 0;
}

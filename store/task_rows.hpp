// SPDX-License-Identifier: Apache-2.0
// Task records as rows of the database, both ways.
#pragma once

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// The statements of the writing connection, prepared once.
class task_row_writer {
 public:
  explicit task_row_writer(SQLite::Database& database);

  /// Throws: SQLite::Exception; `reset` is due then.
  void write(const task_write& write);

  /// Makes every statement usable again after one has failed.
  void reset() noexcept;

 private:
  void write_one(const insert_task& write);
  void write_one(const update_task& write);
  void write_one(const update_progress& write);
  void write_one(const update_checkpoint& write);
  void write_one(const erase_task& write);
  void add_payload(bytes_view payload);
  void add_event(const task_event& event);

  SQLite::Database& database_;
  std::uint64_t last_event_;
  SQLite::Statement insert_;
  SQLite::Statement update_;
  SQLite::Statement progress_;
  SQLite::Statement checkpoint_;
  SQLite::Statement payload_;
  SQLite::Statement erase_payload_;
  SQLite::Statement erase_;
  SQLite::Statement erase_events_;
  SQLite::Statement event_;
  // What is bound lies here until its statement has run.
  bytes status_;
  bytes spec_;
  bytes small_;
};

/// Columns that `read_record` expects, without the large ones and with them.
inline constexpr auto small_columns = "id, submitted, status, progress, spec, dependencies";
inline constexpr auto all_columns =
    "id, submitted, status, progress, spec, dependencies, "
    "ifnull(payload, (SELECT payload FROM payloads WHERE payloads.row = tasks.row)), output, checkpoint";

/// Errors: corrupt.
result<task_record> read_record(SQLite::Statement& row);
result<task_event> read_event(const task_id& id, SQLite::Statement& row);

/// Binds an id as the 16 bytes that are its key.
void bind_id(SQLite::Statement& statement, int index, const task_id& id);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_schema.hpp"

#include <sqlite3.h>

#include <SQLiteCpp/Statement.h>

namespace dunlin {

namespace {

// Ids are 16 big-endian bytes, so that they sort like the ids. Events lie beside each other by task. Tasks that have
// ended are found by when they did; live ones have no entry there, so that most writes touch no index.
constexpr auto create = R"(
  CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE tasks(
    row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,
    submitted INTEGER NOT NULL, finished INTEGER NOT NULL, status BLOB NOT NULL, progress BLOB, spec BLOB NOT NULL,
    dependencies BLOB, payload BLOB, output BLOB, checkpoint BLOB);
  CREATE INDEX ended ON tasks(finished) WHERE finished > 0;
  CREATE TABLE events(
    task BLOB NOT NULL, sequence INTEGER NOT NULL, at INTEGER NOT NULL, event BLOB NOT NULL,
    PRIMARY KEY(task, sequence)) WITHOUT ROWID;
  INSERT INTO meta VALUES('term', 0), ('events', 0);
)";

}  // namespace

void tune(SQLite::Database& database) {
  database.exec("PRAGMA journal_mode=WAL");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=4000");
  database.exec("PRAGMA cache_size=-65536");
  database.exec("PRAGMA temp_store=MEMORY");
}

result<void> prepare_schema(SQLite::Database& database) {
  const int found = database.execAndGet("PRAGMA user_version").getInt();
  if (found > schema_version)
    return fail(
        errc::version_mismatch,
        "the store has schema " + std::to_string(found) + ", this version knows " + std::to_string(schema_version),
        "start the version that wrote it, or name another store");
  if (found == schema_version) return {};
  database.exec("BEGIN");
  database.exec(create);
  database.exec("PRAGMA user_version=" + std::to_string(schema_version));
  database.exec("COMMIT");
  return {};
}

error store_error(const SQLite::Exception& thrown, const std::string& path) {
  const auto words = "'" + path + "': " + thrown.what();
  switch (thrown.getErrorCode()) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return error{errc::corrupt, words, "the file is damaged or none of ours; restore it or name another"};
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return error{errc::io_failed, words, "check that the directory exists and may be written"};
    case SQLITE_FULL:
      return error{errc::store_unavailable, words, "the disk is full"};
    default:
      return error{errc::store_unavailable, words};
  }
}

}  // namespace dunlin

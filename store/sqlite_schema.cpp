// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_schema.hpp"

#include <SQLiteCpp/Statement.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace dunlin {

namespace {

// Ids are 16 big-endian bytes, so that they sort like the ids. Events lie beside each other by task. Tasks that have
// ended are found by when they did; live ones have no entry there, so that most writes touch no index. A large payload
// lies apart, because every change of a row writes the whole row anew.
constexpr auto create = R"(
  CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE tasks(
    row INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,
    submitted INTEGER NOT NULL, finished INTEGER NOT NULL, status BLOB NOT NULL, progress BLOB, spec BLOB NOT NULL,
    dependencies BLOB, payload BLOB, output BLOB, checkpoint BLOB);
  CREATE TABLE payloads(row INTEGER PRIMARY KEY, payload BLOB NOT NULL);
  CREATE INDEX ended ON tasks(finished) WHERE finished > 0;
  CREATE TABLE events(
    task BLOB NOT NULL, sequence INTEGER NOT NULL, event BLOB NOT NULL,
    PRIMARY KEY(task, sequence)) WITHOUT ROWID;
  INSERT INTO meta VALUES('term', 0), ('events', 0);
)";

constexpr auto restore_hint = "restore the file from a copy, or name another";

std::int64_t size_of(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 ? facts.st_size : 0;
}

/// Marks a file as ours: "DUNL".
constexpr int application = 0x44554e4c;

/// Other programs keep SQLite files too: nothing is written to one that is not ours.
result<void> check_owner(SQLite::Database& database) {
  const int version = database.execAndGet("PRAGMA user_version").getInt();
  const int owner = database.execAndGet("PRAGMA application_id").getInt();
  const int tables = database.execAndGet("SELECT count(*) FROM sqlite_schema").getInt();
  if (tables == 0 && version == 0) return {};
  if (owner != application || version < 1)
    return fail(errc::corrupt, "the file holds another program's tables", "name another file");
  if (version > schema_version)
    return fail(
        errc::version_mismatch,
        "the store has schema " + std::to_string(version) + ", this version knows " + std::to_string(schema_version),
        "start the version that wrote it, or name another store");
  return {};
}

result<void> tune(SQLite::Database& database, std::uint32_t checkpoint_pages) {
  if (database.execAndGet("PRAGMA journal_mode=WAL").getString() != "wal")
    return fail(errc::not_supported, "the file system cannot hold a write-ahead log", "keep the store on a local disk");
  database.exec("PRAGMA synchronous=FULL");
  database.exec("PRAGMA wal_autocheckpoint=" + std::to_string(checkpoint_pages));
  database.exec("PRAGMA cache_size=-65536");
  database.exec("PRAGMA temp_store=MEMORY");
  database.exec("PRAGMA trusted_schema=OFF");
  sqlite3_db_config(database.getHandle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return {};
}

/// Finds damage before the work begins and not in its middle.
result<void> check_pages(SQLite::Database& database) {
  const auto said = database.execAndGet("PRAGMA quick_check(1)").getString();
  if (said == "ok") return {};
  return fail(errc::corrupt, "the file is damaged: " + said, restore_hint);
}

void create_tables(SQLite::Database& database) {
  database.exec("BEGIN");
  database.exec(create);
  database.exec("PRAGMA application_id=" + std::to_string(application));
  database.exec("PRAGMA user_version=" + std::to_string(schema_version));
  database.exec("COMMIT");
}

}  // namespace

result<void> make_private(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0)
    return fail(errc::io_failed, "cannot open '" + path + "': " + std::strerror(errno),
                "check that the directory exists and the file may be written");
  const bool is_empty = size_of(path) == 0;
  const bool is_private = ::fchmod(fd, 0600) == 0;
  ::close(fd);
  if (!is_private) return fail(errc::forbidden, "'" + path + "' belongs to another user", "name a file of your own");
  if (is_empty && size_of(path + "-wal") > 0)
    return fail(errc::corrupt, "'" + path + "' is empty, but its log is not", restore_hint);
  return {};
}

result<void> prepare_schema(SQLite::Database& database, std::uint32_t checkpoint_pages) {
  if (auto ours = check_owner(database); !ours) return ours;
  if (auto tuned = tune(database, checkpoint_pages); !tuned) return tuned;
  if (auto sound = check_pages(database); !sound) return sound;
  if (database.execAndGet("PRAGMA user_version").getInt() == 0) create_tables(database);
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
      return error{errc::store_unavailable, words, "make room on the disk"};
    case SQLITE_CONSTRAINT:
      return error{errc::conflict, words};
    default:
      return error{errc::store_unavailable, words};
  }
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "store/sqlite_store.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include "store/file_lock.hpp"
#include "store/history.hpp"
#include "store/sqlite_schema.hpp"
#include "store/task_rows.hpp"

namespace dunlin {

namespace {

/// A transaction on its way, with its fate if that is known before it is written.
struct waiting_commit {
  transaction writes;
  completion<void> done;
  result<void> outcome;
};

constexpr int busy_ms = 2'000;

}  // namespace

class sqlite_store::impl {
 public:
  impl(sqlite_options options, file_lock lock)
      : options_(std::move(options)),
        lock_(std::move(lock)),
        database_(options_.path, SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE, busy_ms) {}

  result<void> begin() {
    tune(database_);
    if (auto prepared = prepare_schema(database_); !prepared) return prepared;
    term_ = static_cast<std::uint32_t>(database_.execAndGet("SELECT value FROM meta WHERE key = 'term'").getInt64());
    rows_ = std::make_unique<task_row_writer>(database_);
    reader_ = std::make_unique<SQLite::Database>(options_.path, SQLite::OPEN_READONLY, busy_ms);
    thread_ = std::thread{[this] { run(); }};
    return {};
  }

  ~impl() {
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock{mutex_};
      ending_ = true;
    }
    wake_.notify_one();
    thread_.join();
  }

  void commit(transaction&& writes, completion<void>&& done) {
    {
      const std::lock_guard lock{mutex_};
      waiting_commit added{std::move(writes), std::move(done), {}};
      const auto count = added.writes.writes.size();
      if (waiting_writes_ + count > options_.max_waiting_writes) {
        added.writes.writes.clear();  // it keeps its turn: answers come in the order of the calls
        added.outcome = fail(errc::overloaded, std::to_string(waiting_writes_) + " writes wait for the disk",
                             "submit more slowly, or use a faster disk");
      } else {
        waiting_writes_ += count;
      }
      waiting_.push_back(std::move(added));
    }
    wake_.notify_one();
  }

  /// Runs `read` on the reading connection. Errors: those of SQLite, in our words.
  template <class Read>
  auto read(Read read) -> decltype(read(std::declval<SQLite::Database&>())) {
    const std::lock_guard lock{reader_mutex_};
    try {
      return read(*reader_);
    } catch (const SQLite::Exception& thrown) {
      return fail(store_error(thrown, options_.path));
    }
  }

  result<std::uint32_t> next_term() {
    const std::lock_guard lock{database_mutex_};
    try {
      database_.exec("UPDATE meta SET value = value + 1 WHERE key = 'term'");
      return ++term_;
    } catch (const SQLite::Exception& thrown) {
      return fail(store_error(thrown, options_.path));
    }
  }

 private:
  void run() {
    std::deque<waiting_commit> group;
    while (take(group)) {
      write(group);
      for (auto& each : group) each.done(std::move(each.outcome));
      group.clear();
    }
  }

  /// Takes what waits, up to the size of a group; false at the end.
  bool take(std::deque<waiting_commit>& group) {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    while (!waiting_.empty() && group.size() < options_.group) {
      waiting_writes_ -= waiting_.front().writes.writes.size();
      group.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return !group.empty();
  }

  void write(std::deque<waiting_commit>& group) {
    const std::lock_guard lock{database_mutex_};
    for (auto& each : group)
      if (each.outcome && each.writes.leader_term < term_)
        each.outcome = fail(errc::stale_term, "a leader of term " + std::to_string(term_) + " has taken over");
    try {
      database_.exec("BEGIN IMMEDIATE");
      for (const auto& each : group)
        if (each.outcome)
          for (const auto& one : each.writes.writes) rows_->write(one);
      database_.exec("COMMIT");
    } catch (const SQLite::Exception& thrown) {
      refuse(group, store_error(thrown, options_.path));
    }
  }

  /// Nothing of the group is stored.
  void refuse(std::deque<waiting_commit>& group, const error& why) {
    try {
      database_.exec("ROLLBACK");
    } catch (const SQLite::Exception&) {  // SQLite has rolled back by itself
    }
    rows_ = std::make_unique<task_row_writer>(database_);  // statements may be half bound
    for (auto& each : group)
      if (each.outcome) each.outcome = fail(error{why});
  }

  sqlite_options options_;
  file_lock lock_;

  std::mutex database_mutex_;  ///< guards the writing connection
  SQLite::Database database_;
  std::unique_ptr<task_row_writer> rows_;
  std::uint32_t term_ = 0;

  std::mutex reader_mutex_;
  std::unique_ptr<SQLite::Database> reader_;

  std::mutex mutex_;  ///< guards the queue
  std::condition_variable wake_;
  std::deque<waiting_commit> waiting_;
  std::size_t waiting_writes_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

result<std::unique_ptr<sqlite_store>> sqlite_store::open(sqlite_options options) {
  auto lock = file_lock::take(options.path + ".lock");
  if (!lock) return fail(std::move(lock.error()));
  const auto path = options.path;
  try {
    auto opened = std::make_unique<impl>(std::move(options), std::move(*lock));
    if (auto begun = opened->begin(); !begun) return fail(std::move(begun.error()));
    return std::unique_ptr<sqlite_store>{new sqlite_store{std::move(opened)}};
  } catch (const SQLite::Exception& thrown) {
    return fail(store_error(thrown, path));
  }
}

sqlite_store::sqlite_store(std::unique_ptr<impl> impl) : impl_(std::move(impl)) {}
sqlite_store::~sqlite_store() = default;

void sqlite_store::commit(transaction writes, completion<void> done) {
  impl_->commit(std::move(writes), std::move(done));
}

result<std::uint32_t> sqlite_store::next_term() { return impl_->next_term(); }

result<void> sqlite_store::visit_all(const std::function<void(task_record&&)>& visit) {
  return impl_->read([&](SQLite::Database& database) -> result<void> {
    SQLite::Statement rows{database, std::string{"SELECT "} + all_columns + " FROM tasks ORDER BY id"};
    while (rows.executeStep()) {
      auto record = read_record(rows);
      if (!record) return fail(std::move(record.error()));
      visit(std::move(*record));
    }
    return {};
  });
}

result<task_record> sqlite_store::find(const task_id& id) {
  return impl_->read([&](SQLite::Database& database) -> result<task_record> {
    SQLite::Statement row{database, std::string{"SELECT "} + all_columns + " FROM tasks WHERE id = ?"};
    bind_id(row, 1, id);
    if (!row.executeStep()) return fail(errc::not_found, "no task has the id " + to_string(id));
    return read_record(row);
  });
}

result<std::vector<task_record>> sqlite_store::list(const task_filter& filter) {
  return impl_->read([&](SQLite::Database& database) -> result<std::vector<task_record>> {
    std::string states;
    for (const auto state : filter.states)
      states += (states.empty() ? "" : ", ") + std::to_string(static_cast<int>(state));
    std::string query = std::string{"SELECT "} + small_columns + " FROM tasks WHERE id > ?1";
    if (!states.empty()) query += " AND state IN (" + states + ")";
    if (!filter.kind.empty()) query += " AND kind = ?2";
    if (!filter.name.empty()) query += " AND name = ?3";
    if (filter.finished_before != 0) query += " AND finished > 0 AND finished < ?4";
    SQLite::Statement rows{database, query + " ORDER BY id LIMIT ?5"};
    bind_id(rows, 1, filter.after);
    if (!filter.kind.empty()) rows.bind(2, filter.kind);
    if (!filter.name.empty()) rows.bind(3, filter.name);
    if (filter.finished_before != 0) rows.bind(4, static_cast<std::int64_t>(filter.finished_before));
    rows.bind(5, static_cast<std::int64_t>(filter.limit));
    std::vector<task_record> out;
    while (rows.executeStep()) {
      auto record = read_record(rows);
      if (!record) return fail(std::move(record.error()));
      out.push_back(std::move(*record));
    }
    return out;
  });
}

result<std::vector<task_event>> sqlite_store::events(const task_id& id, std::uint64_t after, std::uint32_t limit) {
  return impl_->read([&](SQLite::Database& database) -> result<std::vector<task_event>> {
    SQLite::Statement known{database, "SELECT 1 FROM tasks WHERE id = ?"};
    bind_id(known, 1, id);
    if (!known.executeStep()) return fail(errc::not_found, "no task has the id " + to_string(id));
    SQLite::Statement rows{database,
                           "SELECT event FROM events WHERE task = ? AND sequence > ? ORDER BY sequence LIMIT ?"};
    bind_id(rows, 1, id);
    rows.bind(2, static_cast<std::int64_t>(after));
    rows.bind(3, static_cast<std::int64_t>(limit));
    std::vector<task_event> out;
    while (rows.executeStep()) {
      auto event = read_event(rows);
      if (!event) return fail(std::move(event.error()));
      out.push_back(std::move(*event));
    }
    return out;
  });
}

}  // namespace dunlin

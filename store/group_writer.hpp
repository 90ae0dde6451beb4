// SPDX-License-Identifier: Apache-2.0
// The one writer of a database. A thread of its own takes the transactions that wait, up to so many operations, and
// makes them durable with one sync of the log, so that the sync's time is shared by all who wait for it. It never waits
// for more to come: while one group is synced, the next one gathers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <thread>
#include <utility>

#include "coordination/ports.hpp"
#include "store/sqlite_store.hpp"
#include "store/task_rows.hpp"

namespace dunlin {

class group_writer {
 public:
  /// Opens the file, which it creates and prepares if it is new. Errors: version_mismatch, corrupt, io_failed,
  /// not_supported. Throws: SQLite::Exception.
  static result<std::unique_ptr<group_writer>> open(const sqlite_options& options);

  /// Writes what waits, then ends.
  ~group_writer();
  group_writer(const group_writer&) = delete;
  group_writer& operator=(const group_writer&) = delete;

  /// As `store_port::commit`.
  void commit(transaction&& writes, completion<void>&& done);

  /// As `store_port::next_term`.
  result<std::uint32_t> next_term();

  /// Returns how many groups have been made durable. Thread: any.
  [[nodiscard]] std::uint64_t groups() const noexcept { return groups_.load(std::memory_order_relaxed); }

 private:
  /// A transaction on its way, with its fate if that is known before it is written.
  struct waiting_commit {
    transaction writes;
    completion<void> done;
    std::size_t bytes = 0;
    result<void> outcome;
  };
  using group = std::deque<waiting_commit>;

  explicit group_writer(const sqlite_options& options);
  void begin();
  void run();
  bool take(group& out);
  [[nodiscard]] std::optional<error> refusal_of(std::size_t writes, std::size_t bytes) const;
  void write(group& all);
  void refuse_stale(group& all) const;
  [[nodiscard]] result<void> try_write(std::span<waiting_commit*> parts);
  void give_up();

  sqlite_options options_;

  std::mutex database_mutex_;  ///< guards the connection and what was learned from it
  SQLite::Database database_;
  std::unique_ptr<task_row_writer> rows_;
  std::uint32_t term_ = 0;
  std::optional<error> damage_;  ///< once found, nothing more is written

  std::mutex mutex_;  ///< guards the queue
  std::condition_variable wake_;
  group waiting_;
  std::size_t waiting_writes_ = 0;
  std::size_t waiting_bytes_ = 0;
  bool ending_ = false;
  std::atomic<std::uint64_t> groups_{0};
  std::thread thread_;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Tasks in one SQLite file. A thread of its own writes: it takes every transaction that waits, at most 256, and makes
// them durable with one sync of the log, so that the sync's time is shared by all who wait for it.
#pragma once

#include <memory>
#include <string>

#include "coordination/ports.hpp"

namespace dunlin {

struct sqlite_options {
  std::string path;
  std::size_t group = 256;                   ///< transactions made durable together at most
  std::size_t max_waiting_writes = 1 << 20;  ///< more are refused with `overloaded`
};

class DUNLIN_EXPORT sqlite_store final : public store_port {
 public:
  /// Opens or creates the file. Errors: already_running (another process has it), version_mismatch (of a newer
  /// version), corrupt, io_failed.
  static result<std::unique_ptr<sqlite_store>> open(sqlite_options options);

  /// Writes what waits, then closes the file.
  ~sqlite_store() override;
  sqlite_store(const sqlite_store&) = delete;
  sqlite_store& operator=(const sqlite_store&) = delete;

  void commit(transaction writes, completion<void> done) override;
  result<void> visit_all(const std::function<void(task_record&&)>& visit) override;
  result<task_record> find(const task_id& id) override;
  result<std::vector<task_record>> list(const task_filter& filter) override;
  result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit) override;
  result<std::uint32_t> next_term() override;

 private:
  class impl;
  explicit sqlite_store(std::unique_ptr<impl> impl);
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin

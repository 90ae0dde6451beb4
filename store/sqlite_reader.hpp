// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// Answers questions on a connection of its own, so that no reader waits for the disk's sync. Sees what is durable.
/// Thread: any; one question at a time.
class sqlite_reader {
 public:
  /// Opens a file that exists. Throws: SQLite::Exception.
  explicit sqlite_reader(std::string path);

  /// As those of `store_port`.
  result<void> visit_all(const std::function<void(task_record&&)>& visit);
  result<task_record> find(const task_id& id);
  result<std::vector<task_record>> list(const task_filter& filter);
  result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit);

 private:
  template <class Read>
  auto read(Read read) -> decltype(read());

  std::string path_;
  std::mutex mutex_;
  SQLite::Database database_;
};

}  // namespace dunlin

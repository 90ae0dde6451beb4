// SPDX-License-Identifier: Apache-2.0
// Tasks in one SQLite file, durable when acknowledged: write-ahead log, a sync at every commit, shared by the
// transactions that waited for it.
#pragma once

#include <memory>
#include <string>

#include "coordination/ports.hpp"

namespace dunlin {

struct sqlite_options {
  std::string path;
  std::size_t group = 256;                    ///< writes made durable together; a larger transaction goes alone
  std::size_t max_waiting_writes = 1 << 20;   ///< more are refused with `overloaded`
  std::size_t max_waiting_bytes = 256 << 20;  ///< of payloads, results and checkpoints; as above
  std::uint32_t checkpoint_pages = 4'000;     ///< the log is moved into the file when it has so many
};

class DUNLIN_EXPORT sqlite_store final : public store_port {
 public:
  /// Opens or creates the file, readable by its owner only. Errors: already_running (another process has it),
  /// version_mismatch (of a newer version), corrupt (damaged, or none of ours), io_failed, not_supported (a file system
  /// without shared memory), store_unavailable (disk full).
  static result<std::unique_ptr<sqlite_store>> open(const sqlite_options& options);

  /// Writes what waits, then closes the file.
  ~sqlite_store() override;
  sqlite_store(const sqlite_store&) = delete;
  sqlite_store& operator=(const sqlite_store&) = delete;

  void commit(transaction&& writes, completion<void> done) override;
  result<void> visit_all(const std::function<void(task_record&&)>& visit) override;
  result<task_record> find(const task_id& id) override;
  result<std::vector<task_record>> list(const task_filter& filter) override;
  result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit) override;
  result<std::uint32_t> next_term() override;

  /// Returns how many groups of transactions were made durable, each with one sync. Thread: any.
  [[nodiscard]] std::uint64_t groups() const noexcept;

 private:
  struct parts;
  explicit sqlite_store(std::unique_ptr<parts> opened);
  std::unique_ptr<parts> parts_;
};

}  // namespace dunlin

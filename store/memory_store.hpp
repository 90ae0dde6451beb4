// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>

#include "coordination/ports.hpp"

namespace dunlin {

/// Keeps tasks in memory: nothing survives the process. Answers a commit before it returns, and leaves the caller the
/// memory of the list of writes.
class DUNLIN_EXPORT memory_store final : public store_port {
 public:
  memory_store();
  ~memory_store() override;
  void commit(transaction&& writes, completion<void> done) override;
  result<void> visit_all(const std::function<void(task_record&&)>& visit) override;
  result<task_record> find(const task_id& id) override;
  result<std::vector<task_record>> list(const task_filter& filter) override;
  result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit) override;
  result<std::uint32_t> next_term() override;

 private:
  struct tables;

  std::mutex mutex_;
  std::unique_ptr<tables> tables_;
  std::uint32_t term_ = 0;
};

}  // namespace dunlin

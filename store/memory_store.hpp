// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <vector>

#include "coordination/ports.hpp"

namespace dunlin {

/// Keeps tasks in memory: nothing survives the process. Answers a commit before it returns.
class DUNLIN_EXPORT memory_store final : public store_port {
 public:
  void commit(transaction writes, completion<void> done) override;
  result<void> visit_all(const std::function<void(task_record&&)>& visit) override;
  result<task_record> find(const task_id& id) override;
  result<std::vector<task_record>> list(const task_filter& filter) override;
  result<std::vector<task_event>> events(const task_id& id, std::uint64_t after, std::uint32_t limit) override;
  result<std::uint32_t> next_term() override;

 private:
  struct entry {
    task_record record;
    std::vector<task_event> events;
  };

  [[nodiscard]] result<void> insertable(const std::vector<task_write>& writes) const;
  void apply(task_write&& write);
  void apply_one(insert_task&& write);
  void apply_one(update_task&& write);
  void apply_one(update_progress&& write);
  void apply_one(update_checkpoint&& write);
  void apply_one(erase_task&& write);

  std::mutex mutex_;
  std::map<task_id, entry> tasks_;
  std::uint64_t last_event_ = 0;
  std::uint32_t term_ = 0;
};

}  // namespace dunlin

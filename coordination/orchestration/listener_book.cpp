// SPDX-License-Identifier: Apache-2.0
#include "coordination/orchestration/listener_book.hpp"

#include <vector>

#include "coordination/tasks/content_hash.hpp"
#include "coordination/tasks/table/slot_index.hpp"

namespace dunlin {

struct listener_book::impl {
  struct entry {
    task_id task;
    std::uint64_t listener = 0;
  };

  std::vector<entry> entries;
  std::vector<std::uint32_t> free;
  slot_index by_task;

  [[nodiscard]] std::uint32_t find(const task_id& task) const {
    return by_task.find(hash_of(task), [&](std::uint32_t at) { return entries[at].task == task; });
  }

  std::uint32_t make_room() {
    if (free.empty()) {
      entries.emplace_back();
      return static_cast<std::uint32_t>(entries.size() - 1);
    }
    const auto at = free.back();
    free.pop_back();
    return at;
  }
};

listener_book::listener_book() : impl_(std::make_unique<impl>()) {}
listener_book::~listener_book() = default;

void listener_book::add(const task_id& task, std::uint64_t listener) {
  auto at = impl_->find(task);
  if (at == slot_index::none) {
    at = impl_->make_room();
    impl_->by_task.insert(hash_of(task), at);
  }
  impl_->entries[at] = {task, listener};
}

std::uint64_t listener_book::take(const task_id& task) {
  const auto at = impl_->find(task);
  if (at == slot_index::none) return 0;
  impl_->by_task.erase(hash_of(task), at);
  impl_->free.push_back(at);
  return impl_->entries[at].listener;
}

bool listener_book::empty() const noexcept { return impl_->by_task.size() == 0; }

}  // namespace dunlin

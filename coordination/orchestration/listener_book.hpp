// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>

#include "coordination/export.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// Who wants to know when a task ends. An entry takes 32 bytes and no allocation of its own. Thread: the owner's.
class DUNLIN_EXPORT listener_book {
 public:
  listener_book();
  ~listener_book();
  listener_book(const listener_book&) = delete;
  listener_book& operator=(const listener_book&) = delete;

  /// Names the listener of a task; replaces an earlier one. `listener` is not 0.
  void add(const task_id& task, std::uint64_t listener);

  /// Returns the task's listener and forgets it; 0 if it has none.
  std::uint64_t take(const task_id& task);

  [[nodiscard]] bool empty() const noexcept;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin

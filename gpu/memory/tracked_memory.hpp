// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// A block that was allocated and not yet freed.
struct tracked_block {
  const void* place = nullptr;
  std::uint64_t bytes = 0;
  std::uint64_t alignment = 0;
  std::uint64_t number = 0;  ///< of the allocation, from 1 on
};

/// Memory that knows every block that is in use: it catches a block that is freed twice, or as what it was not
/// allocated as, before that harms the memory below, and says what was never freed. Thread: any.
class DUNLIN_EXPORT tracked_memory final : public std::pmr::memory_resource {
 public:
  /// `on_misuse` gets: conflict (a block that is not in use was freed: nothing happens), invalid_argument (freed with
  /// another size or alignment than it was allocated with: it is freed as what it is).
  tracked_memory(std::shared_ptr<std::pmr::memory_resource> source, std::function<void(const error&)> on_misuse);

  /// Returns the blocks in use, the oldest first.
  [[nodiscard]] std::vector<tracked_block> in_use() const;

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  const std::shared_ptr<std::pmr::memory_resource> source_;
  const std::function<void(const error&)> on_misuse_;
  mutable std::mutex mutex_;
  std::map<const void*, tracked_block> blocks_;
  std::uint64_t allocations_ = 0;
};

}  // namespace dunlin

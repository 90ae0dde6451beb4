// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <memory_resource>
#include <string>
#include <vector>

#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

/// A way to find room in a memory that is full: trim what is cached, spill to another memory, reclaim idle quota.
struct memory_remedy {
  std::string name;
  /// Gets the bytes that were asked for, returns how many it freed; 0 = it has nothing to give.
  std::function<std::uint64_t(std::uint64_t bytes)> free_up;
};

/// Memory that tries its remedies, in order, when the memory below is exhausted: after each that freed something it
/// asks again. If none helps it throws `memory_exhausted` with the list of who holds the memory. Thread: any; remedies
/// are called by the thread that allocates.
class DUNLIN_EXPORT reclaiming_memory final : public std::pmr::memory_resource {
 public:
  /// `holders` may be empty.
  reclaiming_memory(std::shared_ptr<std::pmr::memory_resource> source, std::vector<memory_remedy> remedies,
                    std::function<std::vector<memory_holder>()> holders);

 private:
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  void* reclaim(std::size_t bytes, std::size_t alignment, const memory_exhausted& why);

  const std::shared_ptr<std::pmr::memory_resource> source_;
  const std::vector<memory_remedy> remedies_;
  const std::function<std::vector<memory_holder>()> holders_;
};

}  // namespace dunlin

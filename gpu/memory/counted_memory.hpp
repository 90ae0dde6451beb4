// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <memory_resource>

#include "coordination/export.hpp"

namespace dunlin {

/// Since it was made. Units: bytes as they were asked for, and blocks.
struct memory_counts {
  std::uint64_t used_bytes = 0;
  std::uint64_t peak_bytes = 0;
  std::uint64_t total_bytes = 0;
  std::uint64_t used_blocks = 0;
  std::uint64_t peak_blocks = 0;
  std::uint64_t total_blocks = 0;

  friend bool operator==(const memory_counts&, const memory_counts&) = default;
};

/// Memory that counts what is allocated from it. Thread: any.
class DUNLIN_EXPORT counted_memory final : public std::pmr::memory_resource {
 public:
  explicit counted_memory(std::shared_ptr<std::pmr::memory_resource> source) noexcept : source_(std::move(source)) {}

  /// Each figure is one that it had; together they may be of different moments while others allocate.
  [[nodiscard]] memory_counts counts() const noexcept;

 private:
  /// How much of something is in use, and was at most.
  struct gauge {
    std::atomic<std::uint64_t> used{0};
    std::atomic<std::uint64_t> peak{0};
    std::atomic<std::uint64_t> total{0};
    void add(std::uint64_t more) noexcept;
    void remove(std::uint64_t less) noexcept { used.fetch_sub(less, std::memory_order_relaxed); }
  };

  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  const std::shared_ptr<std::pmr::memory_resource> source_;
  gauge bytes_;
  gauge blocks_;
};

}  // namespace dunlin

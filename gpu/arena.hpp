// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>

#include "coordination/result.hpp"

namespace dunlin {

/// Thrown by an arena that is full. A device reports it as `quota_exceeded` with these figures.
class DUNLIN_EXPORT arena_exhausted : public std::bad_alloc {
 public:
  arena_exhausted(std::uint64_t asked_bytes, std::uint64_t used_bytes, std::uint64_t cap_bytes);
  [[nodiscard]] const char* what() const noexcept override { return text_.c_str(); }

  const std::uint64_t asked_bytes;
  const std::uint64_t used_bytes;
  const std::uint64_t cap_bytes;

 private:
  std::string text_;
};

/// The bytes of one device, shared out to arenas. Thread: any.
class DUNLIN_EXPORT memory_budget {
 public:
  explicit memory_budget(std::uint64_t bytes) noexcept : total_(bytes) {}

  /// Sets `bytes` aside. Errors: quota_exceeded.
  result<void> take(std::uint64_t bytes);
  void give_back(std::uint64_t bytes) noexcept { taken_.fetch_sub(bytes, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }
  [[nodiscard]] std::uint64_t taken() const noexcept { return taken_.load(std::memory_order_relaxed); }

 private:
  const std::uint64_t total_;
  std::atomic<std::uint64_t> taken_{0};
};

/// Memory for one holder with a hard cap: `allocate` throws `arena_exhausted` beyond it. Counts what was asked for, not
/// what the allocator below adds. Thread: any.
class DUNLIN_EXPORT arena : public std::pmr::memory_resource {
 public:
  /// Sets `cap_bytes` of `budget` aside until the arena dies. Errors: quota_exceeded.
  static result<std::shared_ptr<arena>> make(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes);

  ~arena() override;
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;

  [[nodiscard]] std::uint64_t cap_bytes() const noexcept { return cap_; }
  [[nodiscard]] std::uint64_t used_bytes() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// Returns the highest number of bytes that were in use at once.
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  arena(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes) noexcept;
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  void charge(std::uint64_t bytes);

  std::shared_ptr<memory_budget> budget_;
  const std::uint64_t cap_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> peak_{0};
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <string>

#include "coordination/result.hpp"
#include "gpu/memory/memory_budget.hpp"

namespace dunlin {

/// Memory for one holder with a hard cap: `allocate` throws `memory_exhausted` beyond it. Counts what was asked for;
/// over a pool, what the pool's granules make of it, so that many small blocks take nothing from others. Thread: any.
class DUNLIN_EXPORT arena : public std::pmr::memory_resource {
 public:
  /// The bytes come from `source`; null = from the process.
  explicit arena(std::uint64_t cap_bytes, std::shared_ptr<std::pmr::memory_resource> source = nullptr) noexcept;

  /// Sets `cap_bytes` of `budget` aside for `holder` until the arena dies. Errors: quota_exceeded.
  static result<std::shared_ptr<arena>> make(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes,
                                             std::string holder,
                                             std::shared_ptr<std::pmr::memory_resource> source = nullptr);

  ~arena() override;
  arena(const arena&) = delete;
  arena& operator=(const arena&) = delete;

  [[nodiscard]] std::uint64_t cap_bytes() const noexcept { return cap_; }
  [[nodiscard]] std::uint64_t used_bytes() const noexcept { return used_.load(std::memory_order_relaxed); }
  /// Returns the highest number of bytes that were in use at once.
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept { return peak_.load(std::memory_order_relaxed); }

 private:
  [[nodiscard]] std::pmr::memory_resource& source() const noexcept {
    return source_ != nullptr ? *source_ : *std::pmr::new_delete_resource();
  }
  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }
  void charge(std::uint64_t bytes, std::uint64_t asked);
  [[nodiscard]] std::uint64_t counted(std::uint64_t bytes) const noexcept;

  std::shared_ptr<memory_budget> budget_;  ///< null if nothing is set aside
  std::string holder_;
  const std::uint64_t cap_;
  std::shared_ptr<std::pmr::memory_resource> source_;
  std::atomic<std::uint64_t> used_{0};
  std::atomic<std::uint64_t> peak_{0};
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <vector>

#include "gpu/memory/biased_lock.hpp"
#include "gpu/memory/memory_pool.hpp"
#include "gpu/memory/size_class.hpp"

namespace dunlin {

/// One order of work's door to a pool. A block that it frees it keeps, to the number that the block's tier says, and
/// hands out again to whoever asks it for the same size: that takes neither the pool's lock nor a search. Thread: any,
/// meant for one at a time.
class DUNLIN_EXPORT memory_stream final : public std::pmr::memory_resource {
 public:
  ~memory_stream() override;
  memory_stream(const memory_stream&) = delete;
  memory_stream& operator=(const memory_stream&) = delete;

  /// Returns null if the pool is exhausted; `allocate` throws `memory_exhausted` then.
  void* try_allocate(std::uint64_t bytes, std::uint64_t alignment) noexcept;

  [[nodiscard]] memory_pool& pool() const noexcept { return *pool_; }

 private:
  friend class memory_pool;

  static constexpr std::uint32_t kept_classes = size_class_of(size_tiers[2].up_to_bytes) + 1;

  struct kept_block {
    std::byte* place;
    std::uint64_t bytes;
  };

  /// Written under the lock, read without it.
  struct counter {
    std::atomic<std::uint64_t> value{0};
    void add(std::uint64_t more) noexcept {
      value.store(value.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t get() const noexcept { return value.load(std::memory_order_relaxed); }
  };

  explicit memory_stream(std::shared_ptr<memory_pool> pool) noexcept : pool_(std::move(pool)) {}

  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  std::byte* take_kept(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment) noexcept;
  bool keep(std::byte* place, std::uint64_t bytes, std::uint64_t granted) noexcept;
  void give_kept_back() noexcept;
  void move_kept_to(std::vector<std::byte*>& out);
  void empty(std::vector<std::byte*>& out);
  void count_new(std::uint64_t bytes) noexcept;

  const std::shared_ptr<memory_pool> pool_;
  biased_lock lock_;
  std::array<std::vector<kept_block>, kept_classes> kept_;
  std::array<std::uint64_t, (kept_classes + 63) / 64> filled_{};  ///< a bit for each list that is not empty, or was
  counter asked_;                                                 ///< bytes in use, as asked for
  counter kept_bytes_;                                            ///< bytes kept
  counter allocations_;
  counter frees_;
  counter served_;  ///< allocations served by kept blocks
};

}  // namespace dunlin

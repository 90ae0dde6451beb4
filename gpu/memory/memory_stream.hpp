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
#include "gpu/memory/ordered_frees.hpp"
#include "gpu/memory/size_class.hpp"

namespace dunlin {

/// One order of work's door to a pool. A block that it frees it keeps, to the number that the block's tier says, and
/// hands out again to whoever asks it for the same size: that takes neither the pool's lock nor a search. Where a
/// device works on its own, other streams have what this one freed once its work has come so far. Thread: any, meant
/// for one at a time.
class DUNLIN_EXPORT memory_stream final : public std::pmr::memory_resource {
 public:
  ~memory_stream() override;
  memory_stream(const memory_stream&) = delete;
  memory_stream& operator=(const memory_stream&) = delete;

  /// Returns null if the pool is exhausted; `allocate` throws `memory_exhausted` then.
  void* try_allocate(std::uint64_t bytes, std::uint64_t alignment);

  [[nodiscard]] memory_pool& pool() const noexcept { return *pool_; }

 private:
  friend class memory_pool;

  static constexpr std::uint64_t most_kept_bytes = size_tiers[2].up_to_bytes;
  static constexpr std::uint32_t kept_classes = size_class_of(most_kept_bytes) + 1;

  struct kept_block {
    static constexpr std::uint64_t none = 1;  ///< the size of no block

    std::byte* place = nullptr;
    std::uint64_t bytes = none;

    [[nodiscard]] bool is(std::uint64_t size, std::uint64_t alignment) const noexcept {
      return bytes == size && (reinterpret_cast<std::uintptr_t>(place) & (alignment - 1)) == 0;
    }
  };

  /// Written under the lock, read without it.
  struct counter {
    std::atomic<std::uint64_t> value{0};
    void add(std::uint64_t more) noexcept {
      value.store(value.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t get() const noexcept { return value.load(std::memory_order_relaxed); }
  };

  memory_stream(std::shared_ptr<memory_pool> pool, std::shared_ptr<work_order> order)
      : pool_(std::move(pool)),
        later_(order == nullptr ? nullptr : std::make_unique<ordered_frees>(std::move(order))) {}

  void* do_allocate(std::size_t bytes, std::size_t alignment) override;
  void do_deallocate(void* place, std::size_t bytes, std::size_t alignment) override;
  [[nodiscard]] bool do_is_equal(const memory_resource& other) const noexcept override { return this == &other; }

  /// The next two under the lock.
  void* serve(std::byte* kept, std::uint64_t bytes, std::uint64_t granted) noexcept {
    kept_bytes_.add(-granted);
    asked_.add(bytes);
    served_.add(1);
    return kept;
  }
  void count_free(std::uint64_t bytes, std::uint64_t kept) noexcept {
    kept_bytes_.add(kept);
    asked_.add(-bytes);
    frees_.add(1);
  }
  [[noreturn, gnu::cold]] void refuse(std::uint64_t bytes) const;
  [[gnu::noinline]] void* search(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment);
  [[gnu::noinline]] void put_away(kept_block freed, std::uint64_t bytes);
  [[gnu::cold]] void* take_fresh(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment);
  std::byte* take_kept(std::uint64_t granted, std::uint64_t alignment) noexcept;
  bool keep(const kept_block& freed) noexcept;
  void give_kept_back();
  void move_kept_to(std::vector<std::byte*>& out);
  void empty(std::vector<std::byte*>& out);
  void set_kept_aside();
  void take_done(std::vector<std::byte*>& out, bool sets_aside);
  void give_back_alone(const kept_block& freed);

  const std::shared_ptr<memory_pool> pool_;
  biased_lock lock_;
  kept_block last_;  ///< mostly it is what is asked for next
  std::array<std::vector<kept_block>, kept_classes> kept_;
  std::array<std::uint64_t, (kept_classes + 63) / 64> filled_{};  ///< a bit for each list that is not empty, or was
  std::unique_ptr<ordered_frees> later_;                          ///< null where nothing works on its own
  counter asked_;                                                 ///< bytes in use, as asked for
  counter kept_bytes_;                                            ///< bytes kept, or that work still uses
  counter fresh_;                                                 ///< but those served by kept blocks
  counter frees_;
  counter served_;  ///< allocations served by kept blocks
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// The memory of one device, handed out in blocks of any size. Invariants:
//   - a block has the size that was asked for, to the granule: nothing is lost inside;
//   - before it takes more pages of its device it uses the freed blocks that streams keep for themselves; beyond a
//   quarter
//     of what best fit would waste, and at its limit, it moves pages that no block touches to where they are needed;
//   - it never has more than `max_bytes` of its device, nor less than `min_bytes`.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "gpu/memory/page_source.hpp"

namespace dunlin {

class block_heap;
class memory_stream;
class work_order;
struct memory_block;

struct pool_options {
  std::uint64_t min_bytes = 0;  ///< taken at once and never given back
  std::uint64_t max_bytes = 0;  ///< 0 = as much as there are addresses for
  double growth_factor = 1;     ///< 1 = grow by what is missing; 1.5 = by half of what it has, where that is more
};

/// What a pool has of its device and what became of it. Units: bytes.
struct memory_split {
  std::uint64_t reserved = 0;  ///< taken from the device
  std::uint64_t asked = 0;     ///< of blocks in use, as they were asked for
  std::uint64_t internal = 0;  ///< what those blocks have beyond
  std::uint64_t cached = 0;    ///< freed blocks that a stream keeps for itself
  std::uint64_t external = 0;  ///< free between blocks
};

struct pool_statistics {
  memory_split now;
  memory_split at_peak;  ///< when the most was reserved for the first time
  std::uint64_t blocks = 0;
  std::uint64_t allocations = 0;  ///< since start, also of streams that have gone
  std::uint64_t kept = 0;         ///< of those, served by what the stream had kept
  std::uint64_t exhausted = 0;    ///< refused
  std::uint64_t backed = 0;       ///< bytes of pages that were taken from the device, since start
  std::uint64_t given_back = 0;   ///< bytes of pages that were given back or moved, since start
};

/// Thread: any.
class DUNLIN_EXPORT memory_pool : public std::enable_shared_from_this<memory_pool> {
 public:
  /// Errors: invalid_argument (limits that contradict each other, a growth factor below 1), those of `source`.
  static result<std::shared_ptr<memory_pool>> make(std::unique_ptr<page_source> source, pool_options options);
  ~memory_pool();
  memory_pool(const memory_pool&) = delete;
  memory_pool& operator=(const memory_pool&) = delete;

  /// Returns a door for one order of work, such as an agent's: blocks that it frees it has first, and what it has not
  /// freed goes back to the pool with it. It keeps the pool alive.
  /// `order`: that of a device which works on its own; null where a freed block is free.
  /// A pool most of whose pages are spare once a stream has gone gives them back to the device.
  std::shared_ptr<memory_stream> open_stream(std::shared_ptr<work_order> order = nullptr);

  /// Takes back what the streams keep and gives every spare page back to the device, down to `min_bytes`. Returns how
  /// many bytes those were.
  std::uint64_t collect();

  [[nodiscard]] pool_statistics statistics() const;
  [[nodiscard]] const pool_options& options() const noexcept { return options_; }

 private:
  friend class memory_stream;

  memory_pool(std::unique_ptr<page_source> source, pool_options options);
  result<void> reach_minimum();

  /// Returns null if the pool is exhausted.
  std::byte* take(std::uint64_t bytes, std::uint64_t alignment, const memory_stream& owner);
  void give_back(std::byte* place) noexcept;
  void leave(memory_stream& stream) noexcept;

  std::byte* try_take(std::uint64_t bytes, std::uint64_t alignment, const memory_stream& owner, bool may_grow);
  [[nodiscard]] bool make_room(std::uint64_t pages, bool may_grow);
  [[nodiscard]] bool back(const memory_block& block);
  [[nodiscard]] bool back_or_move(const memory_block& block, std::uint64_t missing);
  [[nodiscard]] std::uint64_t pages_before_moving() noexcept;
  void grow_ahead(std::uint64_t had);
  std::uint64_t give_spare_back(std::uint64_t pages) noexcept;
  void flush_streams();
  void trim() noexcept;
  void release(const std::vector<std::byte*>& places) noexcept;
  void release_one(std::byte* place) noexcept;
  void note_peak() noexcept;
  [[nodiscard]] memory_split split() const;

  const std::unique_ptr<page_source> source_;
  const pool_options options_;
  const std::uint64_t page_bytes_;
  const std::uint64_t max_pages_;

  std::mutex leaving_mutex_;          ///< first of all: while somebody empties the streams none of them leaves
  mutable std::mutex streams_mutex_;  ///< after `mutex_`, before a stream's own lock
  std::vector<memory_stream*> streams_;

  mutable std::mutex mutex_;  ///< what follows
  std::unique_ptr<block_heap> heap_;
  std::uint64_t granted_ = 0;       ///< bytes of blocks that left the heap
  std::uint64_t most_granted_ = 0;  ///< the most that ever did
  std::uint64_t furthest_ = 0;      ///< the end of the blocks that were in use, at most: what it would have if pages
                                    ///< were never moved
  std::uint64_t most_pages_ = 0;    ///< the most that were ever backed at once, or the minimum
  pool_statistics counted_;
};

}  // namespace dunlin

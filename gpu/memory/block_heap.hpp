// SPDX-License-Identifier: Apache-2.0
// Private to the pool: blocks are split off free ones, and grow together again when they are freed. It works with
// offsets alone, so that the same code serves the memory of any device.
//
// A page is backed while a block in use touches it. A page that no block in use touches may be: it is spare, and can be
// given back, or moved to where it is needed. Where a block is placed does not depend on that: it is best fit's place.
#pragma once

#include <deque>
#include <vector>

#include "gpu/memory/size_bins.hpp"

namespace dunlin {

/// Thread: one at a time.
class DUNLIN_EXPORT block_heap {
 public:
  /// Requires: `page_bytes` is a power of two, `range_bytes` a multiple of it. `base`: the address of offset 0.
  block_heap(std::uint64_t range_bytes, std::uint64_t page_bytes, std::uint64_t base = 0);
  ~block_heap();
  block_heap(const block_heap&) = delete;
  block_heap& operator=(const block_heap&) = delete;

  /// Returns a block in use of this size; null if the range has no such place left. Its pages may not be backed yet.
  /// Requires: `bytes` is a positive multiple of the granule, `alignment` a power of two.
  memory_block* take(std::uint64_t bytes, std::uint64_t alignment);
  /// Frees a block in use.
  void release(memory_block& block) noexcept;
  /// Frees every block that `owner` has in use; returns how many bytes those were.
  std::uint64_t release_all_of(const void* owner) noexcept;
  /// Returns the block in use that begins at `offset`; null if none does.
  [[nodiscard]] memory_block* find(std::uint64_t offset) noexcept;

  /// Returns the pages that a block in use touches.
  [[nodiscard]] page_run pages_of(const memory_block& block) const noexcept;
  [[nodiscard]] const page_map& pages() const noexcept { return pages_; }
  /// Returns the end of the last block in use.
  [[nodiscard]] std::uint64_t furthest() const noexcept { return last_->in_use ? last_->end() : last_->offset; }
  [[nodiscard]] std::uint64_t spare_pages() const noexcept { return spare_; }

  /// Marks pages of a block in use that are backed from now on.
  void back(page_run run) noexcept { pages_.back(run); }
  /// Returns up to `most` pages in one piece that nobody uses and that are not backed, where blocks are taken last.
  [[nodiscard]] page_run next_to_back(std::uint64_t most) const noexcept;
  /// Marks those.
  void back_spare(page_run run) noexcept;
  /// Returns up to `most` spare pages in one piece and marks them as given back; an empty run if there are none.
  page_run take_spare(std::uint64_t most) noexcept;

 private:
  struct by_offset {
    using type = std::uint64_t;
    const type& operator()(const memory_block& block) const noexcept { return block.offset; }
  };
  /// Offsets are multiples of large powers of two more often than not: buckets take the product's upper bits.
  struct mixed {
    std::size_t operator()(std::uint64_t offset) const noexcept { return offset * 0x9e3779b97f4a7c15ULL >> 32; }
  };
  using index = boost::intrusive::unordered_set<memory_block, boost::intrusive::key_of_value<by_offset>,
                                                boost::intrusive::hash<mixed>, boost::intrusive::power_2_buckets<true>>;

  memory_block& make_block(std::uint64_t offset, std::uint64_t bytes);
  void forget(memory_block& block) noexcept;
  void split_front(memory_block& block, std::uint64_t begin);
  void split_back(memory_block& block, std::uint64_t bytes);
  void file(memory_block& block, std::uint64_t spare) noexcept;
  void unfile(memory_block& block) noexcept;
  void add_to_index(memory_block& block);
  [[nodiscard]] page_run whole_pages(std::uint64_t offset, std::uint64_t end) const noexcept;

  const std::uint64_t page_bytes_;
  const std::uint64_t base_;
  page_map pages_;
  std::uint64_t spare_ = 0;
  size_bins free_;
  std::deque<memory_block> blocks_;
  std::vector<memory_block*> unused_;
  memory_block* last_ = nullptr;  ///< by address
  std::vector<index::bucket_type> buckets_;
  index in_use_;
};

}  // namespace dunlin

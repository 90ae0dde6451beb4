// SPDX-License-Identifier: Apache-2.0
// Private to the pool: its blocks, and the free ones filed by size.
#pragma once

#include <array>
#include <boost/intrusive/list.hpp>
#include <boost/intrusive/unordered_set.hpp>
#include <cstdint>

#include "gpu/memory/page_map.hpp"
#include "gpu/memory/size_class.hpp"

namespace dunlin {

/// A piece of the range, in use or free. Nothing about it is written into the memory itself, which may be a GPU's.
struct memory_block : boost::intrusive::list_base_hook<>, boost::intrusive::unordered_set_base_hook<> {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  page_run whole;                  ///< of a free one: the pages that lie in it altogether
  std::uint64_t spare_pages = 0;   ///< how many of those are backed
  memory_block* before = nullptr;  ///< by address
  memory_block* after = nullptr;
  const void* owner = nullptr;  ///< of one in use: who took it
  bool in_use = false;

  [[nodiscard]] std::uint64_t end() const noexcept { return offset + bytes; }
  /// Returns the first offset in it whose address is aligned.
  [[nodiscard]] std::uint64_t aligned(std::uint64_t alignment, std::uint64_t base) const noexcept {
    return ((base + offset + alignment - 1) & ~(alignment - 1)) - base;
  }
};

/// Free blocks by size class. Finds the smallest that fits, of those that it looks at first: all of a class but the
/// longest lists, which it looks through only if nothing else fits.
class DUNLIN_EXPORT size_bins {
 public:
  void add(memory_block& block) noexcept;
  void remove(memory_block& block) noexcept;

  /// Returns null if none fits. `base`: the address of offset 0, which alignment is about.
  [[nodiscard]] memory_block* best_fit(std::uint64_t bytes, std::uint64_t alignment, std::uint64_t base) noexcept;
  /// Returns a block of the largest class that has one with spare pages; null if none has.
  [[nodiscard]] memory_block* largest_spare() noexcept;

 private:
  using list = boost::intrusive::list<memory_block, boost::intrusive::constant_time_size<false>>;
  [[nodiscard]] std::uint32_t next_class(std::uint32_t from) const noexcept;
  [[nodiscard]] memory_block* best_of_first(std::size_t looked_at, std::uint64_t bytes, std::uint64_t alignment,
                                            std::uint64_t base) noexcept;

  std::array<list, size_class_count> lists_;
  std::array<std::uint64_t, (size_class_count + 63) / 64> filled_{};
};

}  // namespace dunlin

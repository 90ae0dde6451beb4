// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/size_bins.hpp"

#include <bit>

namespace dunlin {

namespace {

/// Beyond these a class is passed over at first: what is lost by a block of the next one is about an eighth of it.
constexpr std::size_t most_looked_at = 16;

bool fits(const memory_block& block, std::uint64_t bytes, std::uint64_t alignment, std::uint64_t base) noexcept {
  return block.aligned(alignment, base) + bytes <= block.end();
}

bool is_better(const memory_block& a, const memory_block* b) noexcept {
  return b == nullptr || a.bytes < b->bytes || (a.bytes == b->bytes && a.offset < b->offset);
}

}  // namespace

void size_bins::add(memory_block& block) noexcept {
  const auto at = size_class_of(block.bytes);
  lists_[at].push_front(block);
  filled_[at / 64] |= 1ULL << (at % 64);
}

void size_bins::remove(memory_block& block) noexcept {
  const auto at = size_class_of(block.bytes);
  lists_[at].erase(lists_[at].iterator_to(block));
  if (lists_[at].empty()) filled_[at / 64] &= ~(1ULL << (at % 64));
}

std::uint32_t size_bins::next_class(std::uint32_t from) const noexcept {
  while (from < size_class_count) {
    if (const auto rest = filled_[from / 64] >> (from % 64); rest != 0)
      return from + static_cast<std::uint32_t>(std::countr_zero(rest));
    from = (from / 64 + 1) * 64;
  }
  return size_class_count;
}

memory_block* size_bins::best_fit(std::uint64_t bytes, std::uint64_t alignment, std::uint64_t base) noexcept {
  auto* found = best_of_first(most_looked_at, bytes, alignment, base);
  return found != nullptr ? found : best_of_first(~std::size_t{0}, bytes, alignment, base);
}

memory_block* size_bins::best_of_first(std::size_t looked_at, std::uint64_t bytes, std::uint64_t alignment,
                                       std::uint64_t base) noexcept {
  for (auto at = next_class(size_class_of(bytes)); at < size_class_count; at = next_class(at + 1)) {
    memory_block* best = nullptr;
    auto left = looked_at;
    for (auto& block : lists_[at]) {
      if (fits(block, bytes, alignment, base) && is_better(block, best)) best = &block;
      if (--left == 0) break;
    }
    if (best != nullptr) return best;
  }
  return nullptr;
}

memory_block* size_bins::largest_spare() noexcept {
  for (auto at = size_class_count; at > 0; --at) {
    if ((filled_[(at - 1) / 64] >> ((at - 1) % 64) & 1U) == 0) continue;
    for (auto& block : lists_[at - 1])
      if (block.spare_pages > 0) return &block;
  }
  return nullptr;
}

}  // namespace dunlin

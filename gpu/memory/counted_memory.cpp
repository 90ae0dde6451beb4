// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/counted_memory.hpp"

namespace dunlin {

void counted_memory::gauge::add(std::uint64_t more) noexcept {
  const auto now = used.fetch_add(more, std::memory_order_relaxed) + more;
  total.fetch_add(more, std::memory_order_relaxed);
  auto before = peak.load(std::memory_order_relaxed);
  while (before < now && !peak.compare_exchange_weak(before, now, std::memory_order_relaxed)) {
  }
}

memory_counts counted_memory::counts() const noexcept {
  const auto relaxed = std::memory_order_relaxed;
  return {bytes_.used.load(relaxed),  bytes_.peak.load(relaxed),  bytes_.total.load(relaxed),
          blocks_.used.load(relaxed), blocks_.peak.load(relaxed), blocks_.total.load(relaxed)};
}

void* counted_memory::do_allocate(std::size_t bytes, std::size_t alignment) {
  auto* place = source_->allocate(bytes, alignment);
  bytes_.add(bytes);
  blocks_.add(1);
  return place;
}

void counted_memory::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  source_->deallocate(place, bytes, alignment);
  bytes_.remove(bytes);
  blocks_.remove(1);
}

}  // namespace dunlin

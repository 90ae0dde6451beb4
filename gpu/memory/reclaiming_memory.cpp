// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/reclaiming_memory.hpp"

namespace dunlin {

reclaiming_memory::reclaiming_memory(std::shared_ptr<std::pmr::memory_resource> source,
                                     std::vector<memory_remedy> remedies,
                                     std::function<std::vector<memory_holder>()> holders)
    : source_(std::move(source)), remedies_(std::move(remedies)), holders_(std::move(holders)) {}

void* reclaiming_memory::do_allocate(std::size_t bytes, std::size_t alignment) {
  try {
    return source_->allocate(bytes, alignment);
  } catch (const memory_exhausted& why) {
    return reclaim(bytes, alignment, why);
  }
}

void* reclaiming_memory::reclaim(std::size_t bytes, std::size_t alignment, const memory_exhausted& why) {
  auto used = why.used_bytes;
  auto cap = why.cap_bytes;
  for (const auto& remedy : remedies_) {
    if (remedy.free_up(bytes) == 0) continue;
    try {
      return source_->allocate(bytes, alignment);
    } catch (const memory_exhausted& again) {
      used = again.used_bytes;
      cap = again.cap_bytes;
    }
  }
  throw memory_exhausted(bytes, used, cap, holders_ ? holders_() : std::vector<memory_holder>{});
}

void reclaiming_memory::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  source_->deallocate(place, bytes, alignment);
}

}  // namespace dunlin

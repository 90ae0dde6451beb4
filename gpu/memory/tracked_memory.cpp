// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/tracked_memory.hpp"

#include <algorithm>

namespace dunlin {

tracked_memory::tracked_memory(std::shared_ptr<std::pmr::memory_resource> source,
                               std::function<void(const error&)> on_misuse)
    : source_(std::move(source)), on_misuse_(std::move(on_misuse)) {}

void* tracked_memory::do_allocate(std::size_t bytes, std::size_t alignment) {
  auto* place = source_->allocate(bytes, alignment);
  const std::lock_guard lock{mutex_};
  blocks_[place] = {place, bytes, alignment, ++allocations_};
  return place;
}

void tracked_memory::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  tracked_block known;
  {
    const std::lock_guard lock{mutex_};
    if (const auto found = blocks_.find(place); found != blocks_.end()) {
      known = found->second;
      blocks_.erase(found);
    }
  }
  const auto freed = "freed as " + std::to_string(bytes) + " bytes, aligned to " + std::to_string(alignment);
  if (known.number == 0) return on_misuse_(error{errc::conflict, "a block that is not in use was " + freed});
  if (known.bytes != bytes || known.alignment != alignment)
    on_misuse_(error{errc::invalid_argument, "allocation " + std::to_string(known.number) + " of " +
                                                 std::to_string(known.bytes) + " bytes, aligned to " +
                                                 std::to_string(known.alignment) + ", was " + freed});
  source_->deallocate(place, known.bytes, known.alignment);
}

std::vector<tracked_block> tracked_memory::in_use() const {
  std::vector<tracked_block> out;
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [place, block] : blocks_) out.push_back(block);
  }
  std::ranges::sort(out, {}, &tracked_block::number);
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/traced_memory.hpp"

namespace dunlin {

allocation_log::allocation_log(std::function<void(const allocation_event&)> write, std::function<time_point()> now)
    : write_(std::move(write)), now_(std::move(now)) {}

void allocation_log::write(allocation_event event) {
  const auto at = now_();
  if (!began_) first_ = at;
  began_ = true;
  event.time_ns = static_cast<std::uint64_t>((at - first_).count());
  write_(event);
}

void allocation_log::allocated(std::uint32_t stream, const void* place, std::uint64_t bytes, std::uint64_t alignment) {
  const std::lock_guard lock{mutex_};
  ids_[place] = ++last_id_;
  write({0, stream, false, last_id_, bytes, alignment});
}

void allocation_log::freed(std::uint32_t stream, const void* place, std::uint64_t bytes, std::uint64_t alignment) {
  const std::lock_guard lock{mutex_};
  const auto known = ids_.find(place);
  if (known == ids_.end()) return;
  const auto id = known->second;
  ids_.erase(known);
  write({0, stream, true, id, bytes, alignment});
}

void* traced_memory::do_allocate(std::size_t bytes, std::size_t alignment) {
  auto* place = source_->allocate(bytes, alignment);
  log_->allocated(stream_, place, bytes, alignment);
  return place;
}

/// Written before the block can be somebody else's.
void traced_memory::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  log_->freed(stream_, place, bytes, alignment);
  source_->deallocate(place, bytes, alignment);
}

}  // namespace dunlin

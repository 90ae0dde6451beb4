// SPDX-License-Identifier: Apache-2.0
#include "gpu/arena.hpp"

namespace dunlin {

arena_exhausted::arena_exhausted(std::uint64_t asked_bytes, std::uint64_t used_bytes, std::uint64_t cap_bytes)
    : asked_bytes(asked_bytes),
      used_bytes(used_bytes),
      cap_bytes(cap_bytes),
      text_("asked for " + std::to_string(asked_bytes) + " bytes with " + std::to_string(used_bytes) + " of " +
            std::to_string(cap_bytes) + " in use") {}

result<void> memory_budget::take(std::uint64_t bytes) {
  auto taken = taken_.load(std::memory_order_relaxed);
  do {
    if (bytes > total_ - taken)
      return fail(errc::quota_exceeded, "asked to reserve " + std::to_string(bytes) + " bytes with " +
                                            std::to_string(taken) + " of " + std::to_string(total_) + " reserved");
  } while (!taken_.compare_exchange_weak(taken, taken + bytes, std::memory_order_relaxed));
  return {};
}

result<std::shared_ptr<arena>> arena::make(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes) {
  if (auto taken = budget->take(cap_bytes); !taken) return fail(std::move(taken.error()));
  return std::shared_ptr<arena>(new arena(std::move(budget), cap_bytes));
}

arena::arena(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes) noexcept
    : budget_(std::move(budget)), cap_(cap_bytes) {}

arena::~arena() { budget_->give_back(cap_); }

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) {
  charge(bytes);
  try {
    return std::pmr::new_delete_resource()->allocate(bytes, alignment);
  } catch (...) {
    used_.fetch_sub(bytes, std::memory_order_relaxed);
    throw;
  }
}

void arena::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  std::pmr::new_delete_resource()->deallocate(place, bytes, alignment);
  used_.fetch_sub(bytes, std::memory_order_relaxed);
}

void arena::charge(std::uint64_t bytes) {
  auto used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > cap_ - used) throw arena_exhausted(bytes, used, cap_);
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  auto peak = peak_.load(std::memory_order_relaxed);
  while (peak < used + bytes && !peak_.compare_exchange_weak(peak, used + bytes, std::memory_order_relaxed)) {
  }
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/arena.hpp"

#include <algorithm>

#include "gpu/memory/memory_exhausted.hpp"
#include "gpu/memory/size_class.hpp"

namespace dunlin {

arena::arena(std::uint64_t cap_bytes, std::shared_ptr<std::pmr::memory_resource> source) noexcept
    : cap_(cap_bytes), source_(std::move(source)) {}

result<std::shared_ptr<arena>> arena::make(std::shared_ptr<memory_budget> budget, std::uint64_t cap_bytes,
                                           std::string holder, std::shared_ptr<std::pmr::memory_resource> source) {
  if (auto taken = budget->take(cap_bytes, holder); !taken) return fail(std::move(taken.error()));
  auto out = std::make_shared<arena>(cap_bytes, std::move(source));
  out->budget_ = std::move(budget);
  out->holder_ = std::move(holder);
  return out;
}

/// Its blocks are back in the pool before another may have its part of the budget.
arena::~arena() {
  source_.reset();
  if (budget_ != nullptr) budget_->give_back(cap_, holder_);
}

std::uint64_t arena::counted(std::uint64_t bytes) const noexcept {
  return source_ == nullptr ? bytes : std::max(bytes, granules_of(bytes));
}

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) {
  charge(counted(bytes), bytes);
  try {
    return source().allocate(bytes, alignment);
  } catch (...) {
    used_.fetch_sub(counted(bytes), std::memory_order_relaxed);
    throw;
  }
}

void arena::do_deallocate(void* place, std::size_t bytes, std::size_t alignment) {
  source().deallocate(place, bytes, alignment);
  used_.fetch_sub(counted(bytes), std::memory_order_relaxed);
}

void arena::charge(std::uint64_t bytes, std::uint64_t asked) {
  auto used = used_.load(std::memory_order_relaxed);
  do {
    if (bytes > cap_ - used) throw memory_exhausted(asked, used, cap_);
  } while (!used_.compare_exchange_weak(used, used + bytes, std::memory_order_relaxed));
  auto peak = peak_.load(std::memory_order_relaxed);
  while (peak < used + bytes && !peak_.compare_exchange_weak(peak, used + bytes, std::memory_order_relaxed)) {
  }
}

}  // namespace dunlin

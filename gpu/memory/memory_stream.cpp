// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_stream.hpp"

#include <bit>

#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

/// How many freed blocks of each class are kept.
constexpr std::uint32_t kept_of(std::uint32_t size_class) noexcept {
  if (size_class < exact_classes) return size_tiers[0].kept_blocks;
  return size_tiers[size_class < size_class_of(size_tiers[1].up_to_bytes) ? 1 : 2].kept_blocks;
}

}  // namespace

memory_stream::~memory_stream() { pool_->leave(*this); }

void* memory_stream::try_allocate(std::uint64_t bytes, std::uint64_t alignment) noexcept {
  const auto granted = granules_of(bytes);
  if (granted < bytes) return nullptr;  // more than there are numbers for
  if (auto* kept = take_kept(bytes, granted, alignment); kept != nullptr) return kept;
  {
    const biased_lock::guard lock{lock_};
    count_new(bytes);
  }
  give_kept_back();
  auto* taken = pool_->take(granted, alignment, *this);
  if (taken != nullptr) return taken;
  const biased_lock::guard lock{lock_};
  asked_.add(-bytes);
  allocations_.add(-1);
  return nullptr;
}

void memory_stream::count_new(std::uint64_t bytes) noexcept {
  asked_.add(bytes);
  allocations_.add(1);
}

std::byte* memory_stream::take_kept(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment) noexcept {
  const auto at = size_class_of(granted);
  if (at >= kept_.size()) return nullptr;
  const biased_lock::guard lock{lock_};
  auto& list = kept_[at];
  for (auto i = list.size(); i > 0; --i) {
    auto& kept = list[i - 1];
    if (kept.bytes != granted || (reinterpret_cast<std::uintptr_t>(kept.place) & (alignment - 1)) != 0) continue;
    auto* place = kept.place;
    kept = list.back();
    list.pop_back();
    kept_bytes_.add(-granted);
    count_new(bytes);
    served_.add(1);
    return place;
  }
  return nullptr;
}

void* memory_stream::do_allocate(std::size_t bytes, std::size_t alignment) {
  if (auto* place = try_allocate(bytes, alignment); place != nullptr) return place;
  const auto now = pool_->statistics().now;
  throw memory_exhausted(bytes, now.reserved - now.external - now.cached, pool_->options().max_bytes);
}

void memory_stream::do_deallocate(void* place, std::size_t bytes, std::size_t /*alignment*/) {
  auto* const at = static_cast<std::byte*>(place);
  if (!keep(at, bytes, granules_of(bytes))) pool_->give_back(at);
}

bool memory_stream::keep(std::byte* place, std::uint64_t bytes, std::uint64_t granted) noexcept {
  const auto at = size_class_of(granted);
  const biased_lock::guard lock{lock_};
  asked_.add(-static_cast<std::uint64_t>(bytes));
  frees_.add(1);
  if (at >= kept_.size()) return false;
  auto& list = kept_[at];
  if (list.size() >= kept_of(at)) return false;
  if (list.capacity() == 0) list.reserve(kept_of(at));
  list.push_back({place, granted});
  filled_[at / 64] |= 1ULL << (at % 64);
  kept_bytes_.add(granted);
  return true;
}

/// Free memory is joined before it is searched: what a stream keeps costs no other request its place.
void memory_stream::give_kept_back() noexcept {
  if (kept_bytes_.get() == 0) return;
  std::vector<std::byte*> places;
  {
    const biased_lock::guard lock{lock_};
    empty(places);
  }
  pool_->release(places);
}

void memory_stream::move_kept_to(std::vector<std::byte*>& out) {
  if (kept_bytes_.get() == 0) return;
  const biased_lock::visit lock{lock_};
  empty(out);
}

void memory_stream::empty(std::vector<std::byte*>& out) {
  for (std::size_t word = 0; word < filled_.size(); ++word) {
    for (; filled_[word] != 0; filled_[word] &= filled_[word] - 1) {
      auto& list = kept_[word * 64 + static_cast<std::size_t>(std::countr_zero(filled_[word]))];
      for (const auto& kept : list) out.push_back(kept.place);
      list.clear();
    }
  }
  kept_bytes_.add(-kept_bytes_.get());
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_stream.hpp"

#include <algorithm>
#include <bit>
#include <utility>

#include "gpu/memory/memory_exhausted.hpp"

namespace dunlin {

namespace {

/// How many freed blocks of each class are kept.
constexpr std::uint32_t kept_of(std::uint32_t size_class) noexcept {
  if (size_class < exact_classes) return size_tiers[0].kept_blocks;
  return size_tiers[size_class < size_class_of(size_tiers[1].up_to_bytes) ? 1 : 2].kept_blocks;
}

/// Returns false if the process has no memory for the list itself.
template <class List>
bool has_room(List& list, std::size_t most) noexcept {
  if (list.capacity() >= most) return true;
  try {
    list.reserve(most);
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace

memory_stream::~memory_stream() {
  if (later_ != nullptr) later_->order().wait_until_idle();
  pool_->leave(*this);
}

void* memory_stream::try_allocate(std::uint64_t bytes, std::uint64_t alignment) {
  const auto granted = granules_of(bytes);
  if (const biased_lock::quick inside{lock_}; inside && last_.is(granted, alignment)) {
    last_.bytes = kept_block::none;
    return serve(std::exchange(last_.place, nullptr), bytes, granted);
  }
  return search(bytes, granted, alignment);
}

void* memory_stream::search(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment) {
  {
    const biased_lock::guard lock{lock_};
    if (auto* kept = take_kept(granted, alignment); kept != nullptr) return serve(kept, bytes, granted);
  }
  return take_fresh(bytes, granted, alignment);
}

/// Under the lock.
std::byte* memory_stream::take_kept(std::uint64_t granted, std::uint64_t alignment) noexcept {
  if (last_.is(granted, alignment)) return std::exchange(last_, {}).place;
  const auto at = size_class_of(granted);
  if (at >= kept_.size()) return nullptr;
  auto& list = kept_[at];
  const auto found = std::find_if(list.rbegin(), list.rend(), [&](auto& one) { return one.is(granted, alignment); });
  if (found == list.rend()) return nullptr;
  auto* place = found->place;
  *found = list.back();
  list.pop_back();
  return place;
}

void* memory_stream::take_fresh(std::uint64_t bytes, std::uint64_t granted, std::uint64_t alignment) {
  if (granted < bytes) return nullptr;  // more than there are numbers for
  {
    const biased_lock::guard lock{lock_};
    asked_.add(bytes);
    fresh_.add(1);
  }
  give_kept_back();
  auto* taken = pool_->take(granted, alignment, *this);
  if (taken == nullptr && later_ != nullptr) {
    later_->order().wait_until_idle();
    give_kept_back();
    taken = pool_->take(granted, alignment, *this);
  }
  if (taken != nullptr) return taken;
  const biased_lock::guard lock{lock_};
  asked_.add(-bytes);
  fresh_.add(-1);
  return nullptr;
}

void* memory_stream::do_allocate(std::size_t bytes, std::size_t alignment) {
  auto* place = try_allocate(bytes, alignment);
  if (place == nullptr) [[unlikely]]
    refuse(bytes);
  return place;
}

void memory_stream::refuse(std::uint64_t bytes) const {
  const auto now = pool_->statistics().now;
  throw memory_exhausted(bytes, now.reserved - now.external - now.cached, pool_->options().max_bytes);
}

void memory_stream::do_deallocate(void* place, std::size_t bytes, std::size_t /*alignment*/) {
  const auto granted = granules_of(bytes);
  if (const biased_lock::quick inside{lock_}; inside && last_.place == nullptr && granted <= most_kept_bytes) {
    last_.place = static_cast<std::byte*>(place);
    last_.bytes = granted;
    count_free(bytes, granted);
    return;
  }
  put_away({static_cast<std::byte*>(place), granted}, bytes);
}

void memory_stream::put_away(kept_block freed, std::uint64_t bytes) {
  auto leaves = freed;
  {
    const biased_lock::guard lock{lock_};
    const bool is_kept = freed.bytes <= most_kept_bytes;
    count_free(bytes, is_kept ? freed.bytes : 0);
    if (is_kept) leaves = std::exchange(last_, freed);
    if (is_kept && leaves.place != nullptr && keep(leaves)) leaves = {};
  }
  if (leaves.place == nullptr) return;
  if (later_ == nullptr)
    pool_->give_back(leaves.place);
  else
    give_back_alone(leaves);
}

/// A block that is not kept, as soon as no work uses it.
void memory_stream::give_back_alone(const kept_block& freed) {
  std::vector<std::byte*> done;
  {
    const biased_lock::guard lock{lock_};
    kept_bytes_.add(freed.bytes);
    later_->add({freed.place}, freed.bytes);
    take_done(done, false);
  }
  pool_->release(done);
}

/// Under the lock. Returns whether there is room for one more of its class.
bool memory_stream::keep(const kept_block& freed) noexcept {
  const auto at = size_class_of(freed.bytes);
  auto& list = kept_[at];
  if (list.size() >= kept_of(at) || !has_room(list, kept_of(at))) {
    kept_bytes_.add(-freed.bytes);
    return false;
  }
  list.push_back(freed);
  filled_[at / 64] |= 1ULL << (at % 64);
  return true;
}

/// Free memory is joined before it is searched: what a stream keeps costs no other request its place.
void memory_stream::give_kept_back() {
  if (kept_bytes_.get() == 0) return;
  std::vector<std::byte*> places;
  {
    const biased_lock::guard lock{lock_};
    take_done(places, true);
  }
  pool_->release(places);
}

/// Under the lock. Moves what others may have now to `out`; for the rest the device's work has to go on.
void memory_stream::take_done(std::vector<std::byte*>& out, bool sets_aside) {
  if (later_ == nullptr) return empty(out);
  if (later_->order().is_idle()) {
    later_->take_all(out);
    return empty(out);
  }
  if (sets_aside) set_kept_aside();
  const auto before = later_->bytes();
  later_->take_passed(out);
  kept_bytes_.add(later_->bytes() - before);
}

/// Under the lock: all behind one mark, since each costs the device an event.
void memory_stream::set_kept_aside() {
  const auto all = kept_bytes_.get();
  if (all == later_->bytes()) return;
  std::vector<std::byte*> places;
  empty(places);
  kept_bytes_.add(all);
  later_->add(std::move(places), all - later_->bytes());
}

/// For another thread, which waits for no work of this stream: that may wait for its own.
void memory_stream::move_kept_to(std::vector<std::byte*>& out) {
  if (kept_bytes_.get() == 0) return;
  const biased_lock::visit lock{lock_};
  take_done(out, false);
}

void memory_stream::empty(std::vector<std::byte*>& out) {
  std::size_t blocks = 1;
  for (const auto& list : kept_) blocks += list.size();
  out.reserve(out.size() + blocks);  // before anything is taken from its list
  for (std::size_t word = 0; word < filled_.size(); ++word) {
    for (; filled_[word] != 0; filled_[word] &= filled_[word] - 1) {
      auto& list = kept_[word * 64 + static_cast<std::size_t>(std::countr_zero(filled_[word]))];
      for (const auto& kept : list) out.push_back(kept.place);
      list.clear();
    }
  }
  if (last_.place != nullptr) out.push_back(std::exchange(last_, {}).place);
  kept_bytes_.add(-kept_bytes_.get());
}

}  // namespace dunlin

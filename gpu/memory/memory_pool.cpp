// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/memory_pool.hpp"

#include <algorithm>

#include "gpu/memory/block_heap.hpp"
#include "gpu/memory/memory_stream.hpp"

namespace dunlin {

namespace {

/// A page that is moved costs its faults anew, so a pool takes some more of the device before it moves any: this part
/// of what it would waste if it never did, as best fit with coalescing does.
constexpr std::uint64_t unmoved_part = 4;

/// What a pool keeps for the next stream even if nobody uses it.
constexpr std::uint64_t least_kept_bytes = 64ULL << 20;

std::uint64_t pages_for(std::uint64_t bytes, std::uint64_t page_bytes) noexcept {
  return bytes / page_bytes + (bytes % page_bytes != 0 ? 1 : 0);
}

}  // namespace

result<std::shared_ptr<memory_pool>> memory_pool::make(std::unique_ptr<page_source> source, pool_options options) {
  if (options.max_bytes == 0) options.max_bytes = source->range_bytes();
  if (options.max_bytes > source->range_bytes())
    return fail(errc::invalid_argument,
                "a pool of " + std::to_string(options.max_bytes) + " bytes has addresses for " +
                    std::to_string(source->range_bytes()),
                {}, "max_bytes");
  if (!(options.growth_factor >= 1))
    return fail(errc::invalid_argument, std::to_string(options.growth_factor) + " is below 1", {}, "growth_factor");
  if (const auto page = source->page_bytes(); pages_for(options.min_bytes, page) > options.max_bytes / page)
    return fail(errc::invalid_argument,
                std::to_string(options.min_bytes) + " bytes in whole pages of " + std::to_string(page) +
                    " are above the most, " + std::to_string(options.max_bytes),
                {}, "min_bytes");
  auto pool = std::shared_ptr<memory_pool>(new memory_pool(std::move(source), options));
  if (auto reached = pool->reach_minimum(); !reached) return fail(std::move(reached.error()));
  return pool;
}

memory_pool::memory_pool(std::unique_ptr<page_source> source, pool_options options)
    : source_(std::move(source)),
      options_(options),
      page_bytes_(source_->page_bytes()),
      max_pages_(options.max_bytes / page_bytes_),
      heap_(std::make_unique<block_heap>(source_->range_bytes(), page_bytes_,
                                         reinterpret_cast<std::uintptr_t>(source_->base()))) {}

/// Streams keep their pool alive: none is left, and what was never freed goes with the pages.
memory_pool::~memory_pool() {
  for (page_run at{0, heap_->pages().size()};;) {
    const auto run = heap_->pages().next_run(at, true);
    if (run.count == 0) return;
    source_->give_back(run.first, run.count);
    at = {run.end(), heap_->pages().size() - run.end()};
  }
}

result<void> memory_pool::reach_minimum() {
  const auto wanted = pages_for(options_.min_bytes, page_bytes_);
  if (wanted == 0) return {};
  if (auto done = source_->back(0, wanted); !done) return done;
  heap_->back_spare({0, wanted});
  counted_.backed += wanted * page_bytes_;
  most_pages_ = wanted;
  counted_.at_peak = split();
  return {};
}

std::shared_ptr<memory_stream> memory_pool::open_stream(std::shared_ptr<work_order> order) {
  std::shared_ptr<memory_stream> out{new memory_stream(shared_from_this(), std::move(order))};
  const std::lock_guard lock{streams_mutex_};
  streams_.push_back(out.get());
  return out;
}

void memory_pool::leave(memory_stream& stream) noexcept {
  const std::lock_guard leaving{leaving_mutex_};
  {
    const std::lock_guard lock{streams_mutex_};
    std::erase(streams_, &stream);
  }
  const std::lock_guard lock{mutex_};
  granted_ -= heap_->release_all_of(&stream);
  counted_.allocations += stream.fresh_.get() + stream.served_.get();
  counted_.kept += stream.served_.get();
  trim();
}

/// Under `mutex_`. Keeps what those who are left may soon want again.
void memory_pool::trim() noexcept {
  const auto least = std::max(pages_for(options_.min_bytes, page_bytes_), least_kept_bytes / page_bytes_);
  const auto used = pages_for(granted_, page_bytes_);
  const auto backed = heap_->pages().backed();
  if (backed <= std::max(least, 2 * used)) return;
  give_spare_back(backed - std::max(least, used + used / 4));
  most_pages_ = std::max(heap_->pages().backed(), pages_for(options_.min_bytes, page_bytes_));
  most_granted_ = granted_;
  furthest_ = heap_->furthest();
}

std::byte* memory_pool::take(std::uint64_t bytes, std::uint64_t alignment, const memory_stream& owner) {
  if (bytes > options_.max_bytes) return nullptr;
  if (size_tiers[tier_of(bytes)].whole_pages) alignment = std::max(alignment, page_bytes_);
  {
    const std::lock_guard lock{mutex_};
    if (auto* place = try_take(bytes, alignment, owner, false); place != nullptr) return place;
  }
  flush_streams();
  const std::lock_guard lock{mutex_};
  auto* place = try_take(bytes, alignment, owner, true);
  if (place == nullptr) ++counted_.exhausted;
  return place;
}

std::byte* memory_pool::try_take(std::uint64_t bytes, std::uint64_t alignment, const memory_stream& owner,
                                 bool may_grow) {
  auto* block = heap_->take(bytes, alignment);
  if (block == nullptr) return nullptr;
  const auto pages = heap_->pages_of(*block);
  const auto missing = pages.count - heap_->pages().backed_of(pages);
  if (missing > 0 && !(make_room(missing, may_grow) && back_or_move(*block, missing))) {
    heap_->release(*block);
    return nullptr;
  }
  block->owner = &owner;
  granted_ += bytes;
  most_granted_ = std::max(most_granted_, granted_);
  note_peak();
  return source_->base() + block->offset;
}

std::uint64_t memory_pool::pages_before_moving() noexcept {
  furthest_ = std::max(furthest_, heap_->furthest());
  const auto unmoved = furthest_ > most_granted_ ? (furthest_ - most_granted_) / unmoved_part : 0;
  return pages_for(most_granted_ + unmoved, page_bytes_);
}

/// Sees to it that `pages` more may be backed.
bool memory_pool::make_room(std::uint64_t pages, bool may_grow) {
  const auto wanted = heap_->pages().backed() + pages;
  if (wanted <= most_pages_) return true;
  const auto allowed = std::max(most_pages_, pages_before_moving());
  if (wanted <= std::min(allowed, max_pages_)) return may_grow;
  const auto excess = wanted - std::min(allowed, max_pages_);
  const auto movable = std::min(excess, heap_->spare_pages());
  if (movable < excess && (!may_grow || wanted - movable > max_pages_)) return false;
  give_spare_back(movable);
  return true;
}

/// What the device has no pages for may be backed by pages that nothing needs where they are.
bool memory_pool::back_or_move(const memory_block& block, std::uint64_t missing) {
  return back(block) || (give_spare_back(missing) > 0 && back(block));
}

bool memory_pool::back(const memory_block& block) {
  for (auto left = heap_->pages_of(block); left.count > 0;) {
    const auto run = heap_->pages().next_run(left, false);
    if (run.count == 0) return true;
    if (!source_->back(run.first, run.count)) return false;
    heap_->back(run);
    counted_.backed += run.count * page_bytes_;
    left = {run.end(), left.end() - run.end()};
  }
  return true;
}

/// Takes more of the device than was needed, as the growth factor says, so that the next requests find it.
void memory_pool::grow_ahead(std::uint64_t had) {
  const auto grown = static_cast<double>(had) * options_.growth_factor;
  const auto wanted = grown < static_cast<double>(max_pages_) ? static_cast<std::uint64_t>(grown) : max_pages_;
  while (heap_->pages().backed() < wanted) {
    const auto run = heap_->next_to_back(wanted - heap_->pages().backed());
    if (run.count == 0 || !source_->back(run.first, run.count)) return;
    heap_->back_spare(run);
    counted_.backed += run.count * page_bytes_;
  }
}

std::uint64_t memory_pool::give_spare_back(std::uint64_t pages) noexcept {
  std::uint64_t done = 0;
  while (done < pages) {
    const auto run = heap_->take_spare(pages - done);
    if (run.count == 0) break;
    source_->give_back(run.first, run.count);
    done += run.count;
  }
  counted_.given_back += done * page_bytes_;
  return done;
}

void memory_pool::note_peak() noexcept {
  if (heap_->pages().backed() <= most_pages_) return;
  if (options_.growth_factor > 1) grow_ahead(most_pages_);
  most_pages_ = heap_->pages().backed();
  counted_.at_peak = split();
}

void memory_pool::give_back(std::byte* place) noexcept {
  const std::lock_guard lock{mutex_};
  release_one(place);
}

void memory_pool::release_one(std::byte* place) noexcept {
  auto* block = heap_->find(static_cast<std::uint64_t>(place - source_->base()));
  if (block == nullptr) return;  // it went with its stream
  granted_ -= block->bytes;
  heap_->release(*block);
}

/// Blocks that streams had kept.
void memory_pool::release(const std::vector<std::byte*>& places) noexcept {
  const std::lock_guard lock{mutex_};
  for (auto* place : places) release_one(place);
}

/// What was taken from a stream is freed before that stream can leave: afterwards the places may be others'.
void memory_pool::flush_streams() {
  const std::lock_guard leaving{leaving_mutex_};
  std::vector<std::byte*> places;
  {
    const std::lock_guard lock{streams_mutex_};
    for (auto* stream : streams_) stream->move_kept_to(places);
  }
  release(places);
}

std::uint64_t memory_pool::collect() {
  flush_streams();
  const std::lock_guard lock{mutex_};
  const auto least = pages_for(options_.min_bytes, page_bytes_);
  const auto backed = heap_->pages().backed();
  const auto done = give_spare_back(backed > least ? backed - least : 0);
  most_pages_ = std::max(least, heap_->pages().backed());
  most_granted_ = granted_;
  furthest_ = heap_->furthest();
  return done * page_bytes_;
}

/// Under `mutex_`.
memory_split memory_pool::split() const {
  memory_split out;
  {
    const std::lock_guard lock{streams_mutex_};
    for (const auto* stream : streams_) {
      out.asked += stream->asked_.get();
      out.cached += stream->kept_bytes_.get();
    }
  }
  out.reserved = heap_->pages().backed() * page_bytes_;
  // Streams count while this is read: what does not add up then is nobody's.
  const auto known = std::min(granted_, out.cached + out.asked);
  out.internal = granted_ - known;
  out.external = out.reserved - std::min(out.reserved, granted_);
  return out;
}

pool_statistics memory_pool::statistics() const {
  const std::lock_guard lock{mutex_};
  auto out = counted_;
  out.now = split();
  const std::lock_guard streams{streams_mutex_};
  for (const auto* stream : streams_) {
    const auto allocations = stream->fresh_.get() + stream->served_.get();
    out.allocations += allocations;
    out.blocks += allocations - stream->frees_.get();
    out.kept += stream->served_.get();
  }
  return out;
}

}  // namespace dunlin

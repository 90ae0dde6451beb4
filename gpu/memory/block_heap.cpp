// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/block_heap.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t first_buckets = 1'024;

page_run between(std::uint64_t first, std::uint64_t end) noexcept { return {first, end > first ? end - first : 0}; }

/// `block` comes right behind `before`, or first.
void link(memory_block* before, memory_block& block) noexcept {
  block.before = before;
  if (before != nullptr) before->after = &block;
}

}  // namespace

block_heap::block_heap(std::uint64_t range_bytes, std::uint64_t page_bytes, std::uint64_t base)
    : page_bytes_(page_bytes),
      base_(base),
      pages_(range_bytes / page_bytes),
      buckets_(first_buckets),
      in_use_(index::bucket_traits(buckets_.data(), buckets_.size())) {
  last_ = &make_block(0, range_bytes);
  file(*last_, 0);
}

/// The hooks of blocks that are still in use or filed must not outlive what they hang in.
block_heap::~block_heap() {
  in_use_.clear();
  for (auto& block : blocks_)
    if (block.list_base_hook<>::is_linked()) unfile(block);
}

memory_block& block_heap::make_block(std::uint64_t offset, std::uint64_t bytes) {
  memory_block* block = nullptr;
  if (unused_.empty()) {
    block = &blocks_.emplace_back();
  } else {
    block = unused_.back();
    unused_.pop_back();
  }
  block->offset = offset;
  block->bytes = bytes;
  return *block;
}

void block_heap::forget(memory_block& block) noexcept {
  block.before = block.after = nullptr;
  block.owner = nullptr;
  block.in_use = false;
  unused_.push_back(&block);
}

page_run block_heap::whole_pages(std::uint64_t offset, std::uint64_t end) const noexcept {
  return between((offset + page_bytes_ - 1) / page_bytes_, end / page_bytes_);
}

page_run block_heap::pages_of(const memory_block& block) const noexcept {
  return between(block.offset / page_bytes_, (block.end() + page_bytes_ - 1) / page_bytes_);
}

void block_heap::file(memory_block& block, std::uint64_t spare) noexcept {
  block.whole = whole_pages(block.offset, block.end());
  block.spare_pages = spare;
  spare_ += spare;
  free_.add(block);
}

void block_heap::unfile(memory_block& block) noexcept {
  spare_ -= block.spare_pages;
  free_.remove(block);
}

void block_heap::add_to_index(memory_block& block) {
  if (in_use_.size() >= buckets_.size()) {
    std::vector<index::bucket_type> more(buckets_.size() * 2);
    in_use_.rehash(index::bucket_traits(more.data(), more.size()));
    buckets_.swap(more);
  }
  in_use_.insert(block);
}

memory_block* block_heap::find(std::uint64_t offset) noexcept {
  const auto found = in_use_.find(offset);
  return found == in_use_.end() ? nullptr : &*found;
}

memory_block* block_heap::take(std::uint64_t bytes, std::uint64_t alignment) {
  auto* block = free_.best_fit(bytes, alignment, base_);
  if (block == nullptr) return nullptr;
  unfile(*block);
  const auto begin = block->aligned(alignment, base_);
  if (begin > block->offset) split_front(*block, begin);
  if (block->bytes > bytes) split_back(*block, bytes);
  block->in_use = true;
  add_to_index(*block);
  return block;
}

/// Leaves what lies before `begin` free. Keeps `whole` and `spare_pages` of the block as of what neither part has.
void block_heap::split_front(memory_block& block, std::uint64_t begin) {
  auto& front = make_block(block.offset, begin - block.offset);
  link(block.before, front);
  link(&front, block);
  block.bytes -= front.bytes;
  block.offset = begin;
  const auto kept = whole_pages(front.offset, front.end());
  const auto spare = pages_.backed_of(kept);
  file(front, spare);
  block.whole = between(kept.end(), block.whole.end());
  block.spare_pages -= spare;
}

/// Leaves what lies beyond `bytes` free. That part may be all the range: its spare pages are what the others have not.
void block_heap::split_back(memory_block& block, std::uint64_t bytes) {
  auto& back = make_block(block.offset + bytes, block.bytes - bytes);
  if (block.after != nullptr)
    link(&back, *block.after);
  else
    last_ = &back;
  link(&block, back);
  block.bytes = bytes;
  const auto kept = std::min(whole_pages(back.offset, back.end()).first, block.whole.end());
  file(back, block.spare_pages - pages_.backed_of(between(block.whole.first, kept)));
}

void block_heap::release(memory_block& block) noexcept {
  in_use_.erase(in_use_.iterator_to(block));
  block.in_use = false;
  auto fresh = between(0, pages_.size());  // the pages that become whole only now
  std::uint64_t spare = 0;
  if (auto* front = block.before; front != nullptr && !front->in_use) {
    unfile(*front);
    spare += front->spare_pages;
    fresh = between(front->whole.end(), fresh.end());
    block.offset = front->offset;
    block.bytes += front->bytes;
    link(front->before, block);
    forget(*front);
  }
  if (auto* back = block.after; back != nullptr && !back->in_use) {
    unfile(*back);
    spare += back->spare_pages;
    fresh = between(fresh.first, back->whole.first);
    block.bytes += back->bytes;
    block.after = nullptr;
    if (back->after != nullptr)
      link(&block, *back->after);
    else
      last_ = &block;
    forget(*back);
  }
  const auto whole = whole_pages(block.offset, block.end());
  const auto first = std::max(fresh.first, whole.first);
  file(block, spare + pages_.backed_of(between(first, std::min(fresh.end(), whole.end()))));
}

std::uint64_t block_heap::release_all_of(const void* owner) noexcept {
  std::uint64_t out = 0;
  for (auto& block : blocks_) {
    if (!block.in_use || block.owner != owner) continue;
    out += block.bytes;
    release(block);
  }
  return out;
}

page_run block_heap::next_to_back(std::uint64_t most) const noexcept {
  if (last_->in_use || last_->spare_pages == last_->whole.count) return {};
  auto run = pages_.next_run(last_->whole, false);
  run.count = std::min(run.count, most);
  return run;
}

void block_heap::back_spare(page_run run) noexcept {
  auto& block = *last_;
  const auto spare = block.spare_pages + run.count;
  unfile(block);
  pages_.back(run);
  file(block, spare);
}

page_run block_heap::take_spare(std::uint64_t most) noexcept {
  auto* block = free_.largest_spare();
  if (block == nullptr || most == 0) return {};
  // Of a block that has them all the last, because blocks are taken from the front.
  page_run run = block->whole;
  if (block->spare_pages < block->whole.count) run = pages_.next_run(block->whole, true);
  if (run.count > most) run = {run.end() - most, most};
  const auto spare = block->spare_pages - run.count;
  unfile(*block);
  pages_.give_back(run);
  file(*block, spare);
  return run;
}

}  // namespace dunlin

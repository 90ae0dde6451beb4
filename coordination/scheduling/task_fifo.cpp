// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/task_fifo.hpp"

#include <utility>

namespace dunlin {

fifo_chunk* chunk_pool::take() {
  std::unique_ptr<fifo_chunk> chunk;
  if (spare_.empty()) {
    chunk = std::make_unique<fifo_chunk>();
  } else {
    chunk = std::move(spare_.back());
    spare_.pop_back();
    chunk->next = nullptr;
  }
  ++in_use_;
  return chunk.release();
}

void chunk_pool::give(fifo_chunk* chunk) noexcept {
  std::unique_ptr<fifo_chunk> owned{chunk};
  --in_use_;
  if (spare_.capacity() == 0) spare_.reserve(max_spare);
  if (spare_.size() < max_spare) spare_.push_back(std::move(owned));
}

void task_fifo::push(chunk_pool& pool, const fifo_entry& entry) {
  if (tail_ == nullptr || last_ == fifo_chunk::size) {
    auto* chunk = pool.take();
    (tail_ == nullptr ? head_ : tail_->next) = chunk;
    tail_ = chunk;
    last_ = 0;
  }
  tail_->entries[last_++] = entry;
  ++size_;
}

fifo_entry task_fifo::pop(chunk_pool& pool) noexcept {
  const auto entry = head_->entries[first_++];
  if (--size_ == 0) {
    pool.give(head_);
    *this = {};
  } else if (first_ == fifo_chunk::size) {
    pool.give(std::exchange(head_, head_->next));
    first_ = 0;
  }
  return entry;
}

void task_fifo::clear(chunk_pool& pool) noexcept {
  while (head_ != nullptr) pool.give(std::exchange(head_, head_->next));
  *this = {};
}

}  // namespace dunlin

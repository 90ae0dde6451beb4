// SPDX-License-Identifier: Apache-2.0
// Private to the ready queue.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "coordination/tasks/task_slot.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A queued task: 16 bytes.
struct fifo_entry {
  task_slot task;
  time_point stamp{};
};

/// A piece of a queue, about one kibibyte.
struct fifo_chunk {
  static constexpr std::uint32_t size = 63;
  std::array<fifo_entry, size> entries;
  fifo_chunk* next = nullptr;
};

/// Where queues take their chunks from and give them back to; keeps a few spare ones.
class chunk_pool {
 public:
  [[nodiscard]] fifo_chunk* take();
  void give(fifo_chunk* chunk) noexcept;

  /// Returns the bytes of all chunks, in use or spare.
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return (in_use_ + spare_.size()) * sizeof(fifo_chunk); }

 private:
  static constexpr std::size_t max_spare = 256;
  std::vector<std::unique_ptr<fifo_chunk>> spare_;
  std::size_t in_use_ = 0;
};

/// First in, first out, in chunks. Whoever owns one clears it into its pool at the end.
class task_fifo {
 public:
  void push(chunk_pool& pool, const fifo_entry& entry);
  fifo_entry pop(chunk_pool& pool) noexcept;
  [[nodiscard]] const fifo_entry& front() const noexcept { return head_->entries[first_]; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  void clear(chunk_pool& pool) noexcept;

 private:
  fifo_chunk* head_ = nullptr;
  fifo_chunk* tail_ = nullptr;
  std::uint32_t first_ = 0;  // in the head chunk
  std::uint32_t last_ = 0;   // behind the newest in the tail chunk
  std::size_t size_ = 0;
};

}  // namespace dunlin

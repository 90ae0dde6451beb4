// SPDX-License-Identifier: Apache-2.0
// A pool of slots of fixed sizes: a request takes a free slot of the smallest size that holds it, or a new one; slots
// are kept for their size. Nothing of ours is included.
#include <cstddef>
#include <cstdint>
#include <map>

/// Replays `count` events, each {id, bytes, is_free}, with slots of `sizes`, in rising order; what fits none takes a
/// slot of the next power of two. Returns the bytes that were reserved at most.
extern "C" std::uint64_t slot_pool_replay(const std::uint64_t (*events)[3], std::size_t count,
                                          const std::uint64_t* sizes, std::size_t size_count) {
  const auto slot_of = [&](std::uint64_t bytes) {
    for (std::size_t i = 0; i < size_count; ++i)
      if (bytes <= sizes[i]) return sizes[i];
    std::uint64_t out = 1;
    while (out < bytes) out *= 2;
    return out;
  };
  std::map<std::uint64_t, std::uint64_t> free_slots;
  std::uint64_t reserved = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto slot = slot_of(events[i][1]);
    auto& left = free_slots[slot];
    if (events[i][2] != 0) {
      ++left;
    } else if (left > 0) {
      --left;
    } else {
      reserved += slot;
    }
  }
  return reserved;
}

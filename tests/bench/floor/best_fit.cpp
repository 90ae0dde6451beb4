// SPDX-License-Identifier: Apache-2.0
// The allocator of the textbooks: one range that grows at its end, best fit by an ordered set, neighbours joined when
// freed. Sizes are rounded to 16 bytes, as malloc does. Nothing of ours is included.
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <set>
#include <unordered_map>
#include <utility>

namespace {

class best_fit {
 public:
  std::uint64_t allocate(std::uint64_t bytes) {
    const auto found = by_size_.lower_bound({bytes, 0});
    const auto [size, offset] = found != by_size_.end() ? *found : grown(bytes);
    remove(offset, size);
    if (size > bytes) add(offset + bytes, size - bytes);
    return offset;
  }

  void free(std::uint64_t offset, std::uint64_t bytes) {
    const auto after = by_offset_.find(offset + bytes);
    if (after != by_offset_.end()) {
      const auto size = after->second;
      remove(offset + bytes, size);
      bytes += size;
    }
    const auto next = by_offset_.lower_bound(offset);
    if (next != by_offset_.begin()) {
      const auto [before, size] = *std::prev(next);
      if (before + size == offset) {
        remove(before, size);
        offset = before;
        bytes += size;
      }
    }
    add(offset, bytes);
  }

  std::uint64_t end() const { return end_; }

 private:
  /// The last block, if it is free, grows by what it lacks; else there is a new one.
  std::pair<std::uint64_t, std::uint64_t> grown(std::uint64_t bytes) {
    auto from = end_;
    if (!by_offset_.empty()) {
      const auto [offset, size] = *std::prev(by_offset_.end());
      if (offset + size == end_) {
        from = offset;
        remove(offset, size);
      }
    }
    end_ = from + bytes;
    add(from, bytes);
    return {bytes, from};
  }
  void add(std::uint64_t offset, std::uint64_t bytes) {
    by_offset_.emplace(offset, bytes);
    by_size_.emplace(bytes, offset);
  }
  void remove(std::uint64_t offset, std::uint64_t bytes) {
    by_offset_.erase(offset);
    by_size_.erase({bytes, offset});
  }

  std::set<std::pair<std::uint64_t, std::uint64_t>> by_size_;
  std::map<std::uint64_t, std::uint64_t> by_offset_;
  std::uint64_t end_ = 0;
};

std::uint64_t rounded(std::uint64_t bytes) { return bytes == 0 ? 16 : (bytes + 15) / 16 * 16; }

}  // namespace

/// Replays `count` events, each {id, bytes, is_free}. Returns the bytes that were reserved at most; `ns` gets the time.
extern "C" std::uint64_t best_fit_replay(const std::uint64_t (*events)[3], std::size_t count, double* ns) {
  best_fit heap;
  std::unordered_map<std::uint64_t, std::uint64_t> places;
  places.reserve(count);
  const auto from = std::chrono::steady_clock::now();
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = rounded(events[i][1]);
    if (events[i][2] == 0)
      places[events[i][0]] = heap.allocate(bytes);
    else
      heap.free(places[events[i][0]], bytes);
  }
  *ns = std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - from).count();
  return heap.end();
}

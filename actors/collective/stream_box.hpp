// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "coordination/types.hpp"
#include "net/link/byte_stream.hpp"

namespace dunlin {

/// What a stream of a group is for; fills a stream's key.
struct stream_purpose {
  std::uint64_t high = 0;  ///< of the group's invitation
  std::uint64_t low = 0;
  std::uint32_t to = 0;          ///< rank, or `to_convener`
  std::uint32_t from = 0;        ///< rank; of no meaning to the convener
  std::uint64_t generation = 0;  ///< the last operation that failed: what was sent before is not read after
  friend bool operator==(const stream_purpose&, const stream_purpose&) = default;
};
inline constexpr std::uint32_t to_convener = 0xffff'ffff;

[[nodiscard]] DUNLIN_EXPORT net::stream_key key_of(const stream_purpose& purpose) noexcept;
[[nodiscard]] DUNLIN_EXPORT stream_purpose purpose_of(const net::stream_key& key) noexcept;

struct arrived_stream {
  stream_purpose purpose;
  incarnation by;  ///< the life of the node that opened it
  net::byte_stream stream;
  time_point at;
};

/// Streams that came for one member, until it takes them. Thread: any.
class DUNLIN_EXPORT stream_box {
 public:
  static constexpr std::size_t capacity = 1'024;

  stream_box();
  ~stream_box();
  stream_box(const stream_box&) = delete;
  stream_box& operator=(const stream_box&) = delete;

  /// Beyond the capacity the stream is closed.
  void put(arrived_stream&& arrived);
  [[nodiscard]] std::vector<arrived_stream> take();

  /// Can be read when there is something to take.
  [[nodiscard]] int descriptor() const noexcept { return wake_; }

  /// Closes what came before that. Returns how many are left.
  std::size_t drop_older_than(time_point oldest);

 private:
  int wake_;
  std::mutex mutex_;
  std::vector<arrived_stream> arrived_;
};

}  // namespace dunlin

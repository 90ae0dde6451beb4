// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin::link {

/// Numbers requests and knows for each one which life of a peer owes the answer and until when. Opening, closing and
/// expiring one are O(1): a slot, a list per peer, and a wheel of deadlines. Thread: the owner's.
class DUNLIN_EXPORT request_slots {
 public:
  using slot_index = std::uint32_t;

  /// At most `capacity` requests are outstanding.
  explicit request_slots(std::uint32_t capacity) : capacity_(capacity) { wheel_.fill(none); }

  /// Errors: overloaded.
  result<request_id> open(incarnation peer, time_point deadline);

  /// Frees the request and returns its slot, or nothing if it is not open or somebody else owes it.
  std::optional<slot_index> close(request_id id, incarnation peer);

  /// Frees everything that `peer` owes; appends the slots, oldest first.
  void close_all(incarnation peer, std::vector<slot_index>& out);

  /// Frees what is due by `now`; appends the slots.
  void expire(time_point now, std::vector<slot_index>& out);

  [[nodiscard]] std::uint32_t size() const noexcept { return open_; }
  [[nodiscard]] static slot_index slot_of(request_id id) noexcept { return static_cast<slot_index>(id.value); }

 private:
  static constexpr slot_index none = ~slot_index{0};
  static constexpr std::size_t buckets = 256;  // so that a bucket's place is its number's last byte
  using bucket_width = std::chrono::duration<std::int64_t, std::ratio<16, 1000>>;

  /// Neighbours in an intrusive list.
  struct links {
    slot_index before = none;
    slot_index after = none;
  };
  struct slot {
    std::uint32_t generation = 0;
    bool open = false;
    std::uint8_t bucket = 0;
    incarnation peer;
    time_point deadline{};
    links in_peer;
    links in_bucket;
  };
  struct ends {
    slot_index first = none;
    slot_index last = none;
  };

  slot_index take_free();
  void release(slot_index index);
  void expire_bucket(std::int64_t bucket, time_point now, std::vector<slot_index>& out);
  static std::int64_t bucket_of(time_point when) noexcept;

  std::uint32_t capacity_;
  std::uint32_t open_ = 0;
  std::vector<slot> slots_;
  std::vector<slot_index> free_;
  std::unordered_map<std::uint64_t, ends> peers_;
  std::array<slot_index, buckets> wheel_;
  std::optional<std::int64_t> turned_to_;  // the bucket that `expire` looked at last
};

}  // namespace dunlin::link

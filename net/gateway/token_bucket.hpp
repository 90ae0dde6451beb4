// SPDX-License-Identifier: Apache-2.0
// Admission by address: each address has a bucket that holds `burst` requests and refills at `per_second`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "coordination/types.hpp"

namespace dunlin::net {

struct bucket_rate {
  double per_second = 20'000;
  double burst = 20'000;
};

class DUNLIN_EXPORT token_buckets {
 public:
  /// Remembers at most `addresses`; when more come, those whose bucket is full are forgotten first, then all.
  explicit token_buckets(bucket_rate rate, std::size_t addresses = 1'024) : rate_(rate), addresses_(addresses) {}

  /// Takes one request out of the bucket of `address`. Returns zero if it was there, else how long until it is.
  duration take(std::string_view address, time_point now);

  [[nodiscard]] std::size_t size() const noexcept { return buckets_.size(); }

 private:
  struct bucket {
    double level;
    time_point at;
  };
  [[nodiscard]] double level_of(const bucket& one, time_point now) const noexcept;
  void make_room(time_point now);

  bucket_rate rate_;
  std::size_t addresses_;
  std::unordered_map<std::string, bucket> buckets_;
};

}  // namespace dunlin::net

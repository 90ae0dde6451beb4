// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/token_bucket.hpp"

#include <algorithm>

namespace dunlin::net {

double token_buckets::level_of(const bucket& one, time_point now) const noexcept {
  const auto seconds = std::chrono::duration<double>(now - one.at).count();
  return std::min(rate_.burst, one.level + seconds * rate_.per_second);
}

void token_buckets::make_room(time_point now) {
  std::erase_if(buckets_, [&](const auto& each) { return level_of(each.second, now) >= rate_.burst; });
  if (buckets_.size() >= addresses_) buckets_.clear();
}

duration token_buckets::take(std::string_view address, time_point now) {
  const std::string key{address};
  auto found = buckets_.find(key);
  if (found == buckets_.end()) {
    if (buckets_.size() >= addresses_) make_room(now);
    found = buckets_.emplace(key, bucket{rate_.burst, now}).first;
  }
  auto& mine = found->second;
  mine = {level_of(mine, now), now};
  if (mine.level >= 1) {
    mine.level -= 1;
    return duration::zero();
  }
  const std::chrono::duration<double> wait{(1 - mine.level) / rate_.per_second};
  return std::max(duration{1}, std::chrono::duration_cast<duration>(wait));
}

}  // namespace dunlin::net

// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/meeting_place.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr duration keep_unclaimed = 60s;
constexpr std::size_t max_unclaimed = 256;

}  // namespace

result<net::byte_stream> meeting_place::open(const member_place& to, const stream_purpose& purpose,
                                             const wait_terms& terms) {
  if (to.life != own_.life) return opener_->open(to, key_of(purpose), terms);
  auto ends = net::byte_stream::make_pair();
  if (!ends) return fail(std::move(ends.error()));
  on_stream(own_.life, purpose, std::move(ends->second));
  return std::move(ends->first);
}

void meeting_place::on_stream(incarnation by, const stream_purpose& purpose, net::byte_stream&& stream) {
  if (const auto box = box_for(purpose)) box->put({purpose, by, std::move(stream), now_()});
}

/// Returns null if nobody convenes that group any more, or if too much waits already for members that have not come.
std::shared_ptr<stream_box> meeting_place::box_for(const stream_purpose& purpose) {
  const std::lock_guard lock{mutex_};
  drop_unclaimed();
  const box_name name{purpose.high, purpose.low, purpose.to};
  if (const auto known = boxes_.find(name); known != boxes_.end()) return known->second.box;
  if (purpose.to == to_convener) return nullptr;  // it has one before anybody is invited, until all have come
  const auto unclaimed = std::ranges::count_if(boxes_, [](const auto& one) { return !one.second.is_claimed; });
  if (static_cast<std::size_t>(unclaimed) >= max_unclaimed) return nullptr;
  return boxes_.emplace(name, kept_box{std::make_shared<stream_box>(), false}).first->second.box;
}

void meeting_place::drop_unclaimed() {
  const auto oldest = now_() - keep_unclaimed;
  std::erase_if(boxes_, [oldest](const auto& one) {
    return !one.second.is_claimed && one.second.box->drop_older_than(oldest) == 0;
  });
}

std::shared_ptr<stream_box> meeting_place::box_of(const group_invitation& group, std::uint32_t rank) {
  const std::lock_guard lock{mutex_};
  auto& kept = boxes_[{group.high, group.low, rank}];
  if (!kept.box) kept.box = std::make_shared<stream_box>();
  kept.is_claimed = true;
  return kept.box;
}

void meeting_place::leave(const group_invitation& group, std::uint32_t rank) {
  const std::lock_guard lock{mutex_};
  boxes_.erase({group.high, group.low, rank});
}

}  // namespace dunlin

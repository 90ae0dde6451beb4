// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/sharer_roster.hpp"

#include <algorithm>

namespace dunlin {

result<void> sharer_roster::appoint(const std::vector<sharer_place>& places, std::vector<sharer_id>& gone) {
  if (places.size() > most)
    return fail(errc::overloaded, std::to_string(places.size()) + " processes share one device",
                "at most " + std::to_string(most), "sharers");
  const auto stays = [&](sharer_id one) {
    return std::ranges::find(places, one, &sharer_place::sharer) != places.end();
  };
  for (const auto& [sharer, one] : sharers_)
    if (!stays(sharer)) gone.push_back(sharer);
  for (const auto sharer : gone) sharers_.erase(sharer);
  for (const auto& place : places) sharers_[place.sharer].place = place;
  return {};
}

bool sharer_roster::hear(sharer_id sharer, std::uint64_t sequence, time_point now) {
  const auto found = sharers_.find(sharer);
  if (found == sharers_.end() || sequence <= found->second.heard) return false;
  auto& one = found->second;
  one.heard = sequence;
  one.heard_at = now;
  one.here = one.stale = true;
  return true;
}

std::optional<sharer_id> sharer_roster::lose_silent(time_point now, time_point latest) {
  for (auto& [sharer, one] : sharers_) {
    if (!one.here || now < one.heard_at + silence_ || one.heard_at > latest) continue;
    one.here = false;
    return sharer;
  }
  return std::nullopt;
}

std::optional<time_point> sharer_roster::next_loss(time_point latest) const {
  std::optional<time_point> next;
  for (const auto& [sharer, one] : sharers_)
    if (one.here && one.heard_at <= latest && (!next || one.heard_at + silence_ < *next))
      next = one.heard_at + silence_;
  return next;
}

sharer_entry* sharer_roster::find(sharer_id sharer) {
  const auto found = sharers_.find(sharer);
  return found == sharers_.end() ? nullptr : &found->second;
}

void sharer_roster::tell(sharer_id sharer) {
  if (auto* one = find(sharer)) one->stale = true;
}

void sharer_roster::tell_all() {
  for (auto& [sharer, one] : sharers_) one.stale = true;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/take_seat.hpp"

#include <utility>

namespace dunlin {

result<std::unique_ptr<collective_seat>> take_seat(meeting_place& place, group_finder& groups, const group_wish& wish,
                                                   seat_surroundings surroundings) {
  if (wish.limits.least_members > wish.members)
    return fail(
        errc::invalid_argument,
        "at least " + std::to_string(wish.limits.least_members) + " of " + std::to_string(wish.members) + " members",
        {}, "least_members");
  const auto own = invite(place, wish.members, wish.within);
  if (!own) return fail(error{own.error()});
  const auto until = place.now() + wish.within;
  const auto group = groups.find(wish.name, *own, {until, surroundings.cancelled, surroundings.bell});
  const bool convenes = group && *group == *own;
  if (!convenes) place.leave(*own, to_convener);
  if (!group) {
    groups.give_up(wish.name, *own);
    return fail(error{group.error()});
  }
  const joining_terms terms{until - place.now(), surroundings.cancelled, surroundings.bell};
  auto joined = convenes ? gather(place, *group, terms) : join(place, *group, terms);
  if (!joined) {
    groups.give_up(wish.name, *own);
    return fail(std::move(joined.error()));
  }
  return std::make_unique<collective_seat>(place, *group, std::move(*joined), std::move(surroundings), wish.limits);
}

}  // namespace dunlin

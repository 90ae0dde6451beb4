// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/leases/future_room.hpp"

#include <algorithm>
#include <tuple>

namespace dunlin {

namespace {

using leases = std::vector<const held_lease*>;

bool contains(const leases& some, const held_lease& one) { return std::ranges::find(some, &one) != some.end(); }

/// So that it is gone at `at`.
bool may_be_recalled(const held_lease& lease, time_point at) noexcept {
  return lease.gone_by <= at || (may_go_any_time(lease.asked) && !lease.reserved);
}

}  // namespace

// -- what has to fit together

bool future_room::fits(const claims& all) const {
  return all.memory_bytes <= config_.capacity.memory_bytes && rule_.keeps(all.reserved, all.others);
}

/// The lease and the reservation of `without` are left out, and holders who leave within the grace.
future_room::claims future_room::claims_at(time_point at, agent_id without, duration grace) const {
  claims out;
  for (const auto& [what, claim_by, claimed] : reserved_.all())
    if (what.agent != without && what.in_force(at)) out.reserve(what.wish);
  leases_.for_each([&](const held_lease& lease) {
    if (lease.contract.holder == without || is_reserved(lease, at) || leaves(lease) <= at + grace) return;
    out.memory_bytes += lease.contract.granted.memory_bytes;
    if (!lease.parked && (lease.recalled || !lease.asked.in_steps)) out.others.push_back(lease.asked.wish);
  });
  return out;
}

/// True if its agent has the share by a reservation then.
bool future_room::is_reserved(const held_lease& lease, time_point at) const {
  const auto* own = reserved_.find(lease.contract.holder);
  return own != nullptr && own->what.in_force(at) && own->what.covers(lease.asked.wish);
}

/// Returns from when on it is not in the way, if it is told to go in time.
time_point future_room::leaves(const held_lease& lease) const noexcept {
  if (lease.recalled) return lease.contract.deadline;
  return may_be_recalled(lease, now_) ? now_ + config_.terms.grace : lease.gone_by;
}

/// Nobody is granted a share only to be recalled at once.
time_point future_room::would_leave(const share_request& asked) const noexcept {
  if (may_go_any_time(asked)) return now_ + config_.terms.grace;
  const auto& longest = config_.terms.max_hold;
  return now_ + (asked.wish.hold > duration{0} ? std::min(asked.wish.hold, longest) : longest);
}

// -- requests

const share_reservation* future_room::broken_by(const share_request& asked) const {
  const auto end = would_leave(asked);
  const share_reservation* open = nullptr;
  for (const auto& [what, claim_by, claimed] : reserved_.all())
    if (what.in_force(now_) && what.agent != asked.holder) open = &what;
  if (open != nullptr && !fits_with(asked, now_)) return open;
  for (const auto& [what, claim_by, claimed] : reserved_.all())
    if (now_ < what.from && what.from < end && what.agent != asked.holder && !fits_with(asked, what.from)) return &what;
  return nullptr;
}

bool future_room::fits_with(const share_request& asked, time_point at) const {
  auto all = claims_at(at, asked.holder);
  const auto* own = reserved_.find(asked.holder);
  const bool has_reserved = own != nullptr && own->what.in_force(at);
  if (has_reserved) all.reserve(own->what.wish);
  if (!has_reserved || !own->what.covers(asked.wish)) {
    all.memory_bytes += asked.wish.memory_bytes;
    if (!asked.in_steps) all.others.push_back(asked.wish);
  }
  return fits(all);
}

// -- reservations

std::string future_room::lack(const share_reservation& wanted) const {
  auto at = wanted.from;
  for (std::size_t next = 0; fits_with(wanted, at); ++next) {
    const auto& all = reserved_.all();
    while (next < all.size() && (all[next].what.from <= wanted.from || all[next].what.from >= wanted.until)) ++next;
    if (next >= all.size()) return {};
    at = all[next].what.from;
  }
  std::string beside;
  const auto name = [&](const std::string& who) { beside.append(beside.empty() ? "" : ", ").append(who); };
  for (const auto& [what, claim_by, claimed] : reserved_.all())
    if (what.in_force(at)) name(what.whose() + " (has reserved)");
  leases_.for_each([&](const held_lease& lease) {
    if (lease.contract.holder != wanted.agent && !is_reserved(lease, at) && leaves(lease) > at)
      name("agent " + std::to_string(lease.contract.holder.value) + " (holds)");
  });
  return "no room beside " + (beside.empty() ? "anybody" : beside);
}

bool future_room::fits_with(const share_reservation& wanted, time_point at) const {
  auto all = claims_at(at);
  if (const auto* own = leases_.find(wanted.agent); own != nullptr && wanted.covers(own->asked.wish))
    all = claims_at(at, wanted.agent);
  all.reserve(wanted.wish);
  return fits(all);
}

/// Whoever has to go for one that has begun or is about to is gone after the grace.
const share_reservation* future_room::not_kept() const {
  for (const auto& [what, claim_by, claimed] : reserved_.all()) {
    const auto at = std::max(what.from, now_);
    const auto grace = std::max(now_ + config_.terms.grace - at, duration{0});
    if (!rule_.check(what.wish) || !fits(claims_at(at, {}, grace))) return &what;
  }
  return nullptr;
}

// -- who goes

std::vector<const held_lease*> future_room::in_the_way_of(const share_reservation& wanted) const {
  const auto at = std::max(now_, wanted.from);
  const auto gone_by = std::max(now_ + config_.terms.grace, wanted.from);
  leases gone;
  for (const auto* lease : who_may_be_recalled(at, gone_by)) {
    if (fits_without(gone, at)) break;
    gone.push_back(lease);
  }
  if (!fits_without(gone, at)) return {};
  for (std::size_t i = 0; i < gone.size();) {
    auto fewer = gone;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
    if (fits_without(fewer, at))
      gone = std::move(fewer);
    else
      ++i;
  }
  return gone;
}

std::vector<const held_lease*> future_room::who_may_be_recalled(time_point at, time_point gone_by) const {
  leases out;
  leases_.for_each([&](const held_lease& lease) {
    if (!lease.recalled && may_be_recalled(lease, gone_by) && !is_reserved(lease, at)) out.push_back(&lease);
  });
  const auto order = [](const held_lease* one) {
    return std::tuple{one->rank, -one->since.time_since_epoch().count()};
  };
  std::ranges::stable_sort(out, {}, order);
  return out;
}

/// Unlike `claims_at`, everybody counts who is there and has not been recalled yet.
bool future_room::fits_without(const leases& gone, time_point at) const {
  claims all;
  for (const auto& [what, claim_by, claimed] : reserved_.all())
    if (what.in_force(at)) all.reserve(what.wish);
  leases_.for_each([&](const held_lease& lease) {
    if (lease.recalled || is_reserved(lease, at) || contains(gone, lease)) return;
    all.memory_bytes += lease.contract.granted.memory_bytes;
    if (!lease.parked && !lease.asked.in_steps) all.others.push_back(lease.asked.wish);
  });
  return fits(all);
}

}  // namespace dunlin

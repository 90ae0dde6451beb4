// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/shared_device.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

/// Sharer and home of one process answer each other at once; each exchange settles more, so that few are enough.
constexpr int most_exchanges = 8;

}  // namespace

const sharer_place* shared_device::place_of(sharer_id sharer) const {
  const auto found = std::ranges::find(known_.sharers, sharer, &sharer_place::sharer);
  return found == known_.sharers.end() ? nullptr : &*found;
}

const sharer_place* shared_device::own_place() const {
  const auto found = std::ranges::find(known_.sharers, config_.own_life, &sharer_place::life);
  return found == known_.sharers.end() ? nullptr : &*found;
}

// -- what the leader says

void shared_device::on_notice(const home_notice& said, time_point sent, time_point now) {
  const auto& by = said.appointed;
  if (by.epoch < known_.epoch || (by.epoch == known_.epoch && by.revision < known_.revision)) return;
  known_ = by;
  const auto* own = own_place();
  if (own == nullptr || !sharer_.obey(by.epoch, own->sharer)) return;
  if (by.home != own->sharer) {
    home_.reset();
    return;
  }
  if (!home_ || home_->epoch() < by.epoch) {
    home_.emplace(config_.home, by, now);
    refused_.reset();
    refusal_.clear();
  } else if (const auto taken = home_->appoint(by, now); !taken && home_->is_fenced()) {
    return;
  }  // if too many share it, those that it knows are served
  home_->prolong(sent + config_.home.shared.ttl);
  follow_order(said, now);
}

/// A home that has just taken over knows from the sharers how the device was shared; so an order is followed once.
void shared_device::follow_order(const home_notice& said, time_point now) {
  if (!said.ordered || !home_->is_open()) return;
  const auto& wanted = said.options;
  if (wanted == refused_) return;
  refused_.reset();
  refusal_.clear();
  if (wanted == home_->mode().options) return;
  if (const auto shared = home_->coordinate(wanted, now); !shared) {
    refused_ = wanted;
    refusal_ = to_string(shared.error());
  }
}

// -- what other processes say

result<void> shared_device::hear(incarnation from, const sharing_traffic& message, time_point now,
                                 shared_effects& out) {
  const auto is_from = [&](sharer_id sharer) {
    const auto* place = place_of(sharer);
    return place != nullptr && place->life == from;
  };
  if (const auto* state = std::get_if<sharer_state>(&message)) {
    if (!home_ || !is_from(state->sharer)) return fail(errc::not_holder, "no sharer of a device whose home is here");
    return home_->on_state(*state, now);
  }
  const auto& told = std::get<home_state>(message);
  const auto* own = own_place();
  const bool is_for_us = own != nullptr && told.sharer == own->sharer;
  if (told.epoch != known_.epoch || !is_from(known_.home) || !is_for_us)
    return fail(errc::not_holder, "not from the home of this device, or to an earlier life of this process");
  return sharer_.on_state(told, now, out.here);
}

// -- what there is to do and to say

void shared_device::advance(time_point now, shared_effects& out) {
  sharer_.tick(now, out.here);
  for (int exchange = 0; exchange < most_exchanges; ++exchange) {
    const bool reported = report(now, out);
    const bool told = tell(now, out);
    if (!reported && !told) return;
  }
}

/// Returns true if the home is here and has heard something.
bool shared_device::report(time_point now, shared_effects& out) {
  const auto* home = place_of(known_.home);
  if (home == nullptr || own_place() == nullptr) return false;
  auto state = sharer_.take_state(now);
  if (!state) return false;
  if (!home_) {
    out.letters.push_back({home->node, std::move(*state)});
    return false;
  }
  static_cast<void>(home_->on_state(*state, now));  // one that is fenced is over with the next `tell`
  return true;
}

/// Returns true if this process's own sharer has heard something.
bool shared_device::tell(time_point now, shared_effects& out) {
  if (!home_) return false;
  home_->tick(now);
  if (home_->is_fenced()) {
    home_.reset();
    return false;
  }
  told_.clear();
  home_->take_told(now, told_);
  bool own = false;
  for (auto& [to, state] : told_) {
    const auto* place = place_of(to);
    if (place == nullptr) continue;
    if (place->life != config_.own_life) {
      out.letters.push_back({place->node, std::move(state)});
      continue;
    }
    own = true;
    static_cast<void>(sharer_.on_state(state, now, out.here));  // it is of the epoch that this process obeys
  }
  return own;
}

std::optional<time_point> shared_device::next_deadline() const {
  if (place_of(known_.home) == nullptr) return std::nullopt;
  auto next = sharer_.next_deadline();
  if (home_)
    if (const auto due = home_->next_deadline()) next = std::min(next, *due);
  return next;
}

}  // namespace dunlin

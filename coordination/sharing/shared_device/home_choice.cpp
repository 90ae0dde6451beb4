// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/home_choice.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

home_choice::home_choice(std::string device, std::uint32_t last_epoch) {
  now_.device = std::move(device);
  now_.epoch = last_epoch;
}

bool home_choice::on_here(const std::string& node, incarnation life, bool leads) {
  const auto is_it = [=](const auto& entry) { return entry.second.place.life == life; };
  const auto known = std::ranges::find_if(sharers_, is_it);
  if (known != sharers_.end()) {
    known->second.answers = true;
  } else {
    const sharer_id added{++last_sharer_};
    sharers_[added] = {{added, node, life}, leads, true};
  }
  return decide();
}

bool home_choice::on_answers(incarnation life) { return set_answers(life, true); }
bool home_choice::on_silent(incarnation life) { return set_answers(life, false); }

bool home_choice::set_answers(incarnation life, bool answers) {
  for (auto& [sharer, one] : sharers_)
    if (one.place.life == life) one.answers = answers;
  return decide();
}

bool home_choice::on_gone(incarnation life) {
  std::erase_if(sharers_, [=](const auto& entry) { return entry.second.place.life == life; });
  return decide();
}

bool home_choice::on_epoch(std::uint32_t seen) {
  if (seen <= now_.epoch || seen == ~0U) return false;
  auto next = now_;
  next.epoch = seen + 1;
  next.strangers = true;
  return appoint(std::move(next));
}

bool home_choice::expect_strangers(bool may_be) {
  auto next = now_;
  next.strangers = may_be;
  return appoint(std::move(next));
}

bool home_choice::decide() {
  auto next = now_;
  next.sharers.clear();
  for (const auto& [sharer, one] : sharers_) next.sharers.push_back(one.place);
  const auto home = sharers_.find(now_.home);
  const bool stays = home != sharers_.end() && home->second.answers && !home->second.leads;
  if (const auto other = stays ? sharer_id{} : next_home(); other && other != now_.home) {
    next.home = other;
    ++next.epoch;
  }
  if (!sharers_.contains(next.home)) next.home = {};
  return appoint(std::move(next));
}

bool home_choice::appoint(device_appointment&& next) {
  if (next == now_) return false;
  ++next.revision;
  now_ = std::move(next);
  return true;
}

/// None if nobody answers: then whoever is home stays it, and may answer again.
sharer_id home_choice::next_home() const {
  sharer_id own;
  for (const auto& [sharer, one] : sharers_) {
    if (!one.answers) continue;
    if (!one.leads) return sharer;
    if (!own) own = sharer;
  }
  return own;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/sharing/shared_device/device_homes.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

device_homes::entry& device_homes::device_of(const std::string& name, time_point now) {
  const auto found = devices_.find(name);
  if (found != devices_.end()) return found->second;
  auto& added = devices_.emplace(name, entry{home_choice{name, last_epoch_}, {}, {}}).first->second;
  if (others_led_ && now < *since_ + silence_) expect_strangers(added, *since_);
  return added;
}

void device_homes::expect_strangers(entry& of, time_point now) {
  of.strangers_until = now + silence_;
  of.choice.expect_strangers(true);
  of.notice.appointed = of.choice.appointment();
}

template <class Change>
void device_homes::for_each_of(incarnation life, Change&& change) {
  const auto found = shares_.find(life);
  if (found == shares_.end()) return;
  for (const auto& name : found->second) {
    auto& device = devices_.at(name);
    change(device);
    device.notice.appointed = device.choice.appointment();
  }
}

void device_homes::on_here(const std::string& node, incarnation life, bool leads,
                           const std::vector<std::string>& devices, time_point now) {
  if (!since_) since_ = now;
  for (const auto& name : devices) device_of(name, now);
  for_each_of(life, [&](entry& one) {
    const bool stays = std::ranges::find(devices, one.notice.appointed.device) != devices.end();
    if (!stays) one.choice.on_gone(life);
  });
  if (devices.empty()) {
    shares_.erase(life);
    return;
  }
  shares_[life] = devices;
  for_each_of(life, [&](entry& one) {
    one.gone_at.erase(life);
    one.choice.on_here(node, life, leads);
  });
}

void device_homes::on_answers(incarnation life) {
  for_each_of(life, [life](entry& one) { one.choice.on_answers(life); });
}

void device_homes::on_silent(incarnation life) {
  for_each_of(life, [life](entry& one) { one.choice.on_silent(life); });
}

void device_homes::on_down(incarnation life, bool reaped, time_point now) {
  if (!reaped) {
    on_silent(life);
    for_each_of(life, [&](entry& one) { one.gone_at[life] = now + silence_; });
    return;
  }
  for_each_of(life, [life](entry& one) { one.choice.on_gone(life); });
  shares_.erase(life);
}

void device_homes::on_epoch(const std::string& device, std::uint32_t seen, time_point now) {
  const auto found = devices_.find(device);
  if (found == devices_.end() || !found->second.choice.on_epoch(seen)) return;
  expect_strangers(found->second, now);
}

void device_homes::coordinate(const std::string& device, const share_options& options) {
  const auto found = devices_.find(device);
  if (found == devices_.end()) return;
  found->second.notice.ordered = true;
  found->second.notice.options = options;
}

void device_homes::tick(time_point now) {
  for (auto& [name, one] : devices_) {
    for (auto at = one.gone_at.begin(); at != one.gone_at.end();) {
      if (now < at->second) {
        ++at;
        continue;
      }
      one.choice.on_gone(at->first);
      shares_.erase(at->first);
      at = one.gone_at.erase(at);
    }
    if (one.strangers_until && now >= *one.strangers_until) {
      one.strangers_until.reset();
      one.choice.expect_strangers(false);
    }
    one.notice.appointed = one.choice.appointment();
  }
}

std::vector<home_notice> device_homes::notices_for(incarnation life) const {
  std::vector<home_notice> out;
  const auto found = shares_.find(life);
  if (found == shares_.end()) return out;
  for (const auto& name : found->second) out.push_back(devices_.at(name).notice);
  return out;
}

const home_notice* device_homes::find(const std::string& device) const {
  const auto found = devices_.find(device);
  return found == devices_.end() || !found->second.notice.appointed.home ? nullptr : &found->second.notice;
}

}  // namespace dunlin

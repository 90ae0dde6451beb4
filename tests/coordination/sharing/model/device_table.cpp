// SPDX-License-Identifier: Apache-2.0
#include "tests/coordination/sharing/model/device_table.hpp"

#include <algorithm>
#include <utility>

namespace dunlin::model {

namespace {

constexpr std::uint64_t compare_every = 100;

/// One step of splitmix64.
std::uint64_t mix(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15U;
  x = (x ^ (x >> 30U)) * 0xbf58476d1ce4e5b9U;
  x = (x ^ (x >> 27U)) * 0x94d049bb133111ebU;
  return x ^ (x >> 31U);
}

}  // namespace

device_table::device_table(const setting& device, sabotage broken) {
  number_of(std::make_unique<device_model>(device, broken));
}

const std::vector<edge>& device_table::edges(device_number from, bool disturbing) {
  if (edges_.size() <= from) edges_.resize(std::max<std::size_t>(from + 1, edges_.size() * 2));
  if (const auto& known = edges_[from].at(disturbing ? 1 : 0)) return *known;
  std::vector<edge> found;
  for (const auto& what : all_events()) {
    if (disturbs(what.what) != disturbing || what.what == act::die || !at(from).can(what)) continue;
    if (const auto to = after(from, what); to != from) found.push_back({what, to});
  }
  return edges_[from].at(disturbing ? 1 : 0).emplace(std::move(found));
}

device_number device_table::after(device_number from, const event& what) {
  const auto key = std::uint64_t{from} << 16U | static_cast<std::uint64_t>(what.what) << 8U | what.who;
  if (const auto known = after_.find(key); known != after_.end()) return known->second;
  auto next = std::make_unique<device_model>(at(from));
  next->happen(what);
  return after_[key] = number_of(std::move(next));
}

device_number device_table::after_waiting(device_number from, duration time) {
  const digest key{from, mix(static_cast<std::uint64_t>(time.count()) ^ mix(from))};
  if (const auto known = after_waiting_.find(key); known != after_waiting_.end()) return known->second;
  auto next = std::make_unique<device_model>(at(from));
  next->wait(time);
  return after_waiting_[key] = number_of(std::move(next));
}

device_table::digest device_table::digest_of(const device_model& device) {
  digest out{1, 2};
  for (const auto number : device.state()) {
    out.high = mix(out.high ^ number);
    out.low = mix(out.low + number * 0x9e3779b97f4a7c15U);
  }
  if (!device.wrong().empty()) out.high = ~out.high;  // apart from the same state without a fault
  return out;
}

device_number device_table::number_of(std::unique_ptr<device_model> device) {
  const auto [entry, is_new] = numbers_.emplace(digest_of(*device), static_cast<device_number>(devices_.size()));
  if (is_new) {
    device->check_that_time_ends_all();
    devices_.push_back(std::move(device));
  } else if (++met_again_ % compare_every == 0 && device->wrong().empty()) {
    compare(at(entry->second), *device);
  }
  return entry->second;
}

/// Both ways to one state have the same future, or the fingerprint leaves something out.
void device_table::compare(const device_model& one, const device_model& other) {
  ++comparisons_;
  for (const auto& what : all_events()) {
    if (one.can(what) != other.can(what)) differs_ = to_string(what) + " is possible in one only";
    if (!one.can(what) || !other.can(what)) continue;
    device_model next{one};
    device_model next_of_other{other};
    next.happen(what);
    next_of_other.happen(what);
    if (digest_of(next) != digest_of(next_of_other)) differs_ = to_string(what) + " leads to different states";
  }
}

}  // namespace dunlin::model

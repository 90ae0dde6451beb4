// SPDX-License-Identifier: Apache-2.0
#include "gpu/cpu/step_lanes.hpp"

#include <algorithm>
#include <vector>

namespace dunlin {

namespace {

/// A step without a lease passes every fence but a closed queue.
bool overtaken(fencing_token token, fencing_token lowest) noexcept {
  return lowest == step_lanes::closed || (token != 0 && token < lowest);
}

tl::unexpected<error> fenced_off(const device_step& step) {
  return fail(errc::fenced_off, "step of queue " + std::to_string(step.queue) + " carries token " +
                                    std::to_string(step.token) + ", a newer lease or a fence is known");
}

}  // namespace

step_lanes::step_lanes(std::size_t capacity, std::size_t remembered_queues)
    : capacity_(capacity), remembered_(std::max<std::size_t>(remembered_queues, 2)) {}

result<void> step_lanes::push(device_step& step) {
  if (waiting_ >= capacity_)
    return fail(errc::overloaded, "the device's queue is full: " + std::to_string(waiting_) + " steps wait",
                "wait for steps to end before submitting more");
  if (is_fenced(step.queue, step.token)) return fenced_off(step);
  ++waiting_;
  if (step.queue == 0) {
    make_ready(std::move(step));
    return {};
  }
  auto& lane = lane_of(step.queue);
  lane.lowest = std::max(lane.lowest, step.token);
  if (lane.busy) {
    lane.later.push_back(std::move(step));
  } else {
    lane.busy = true;
    make_ready(std::move(step));
  }
  return {};
}

void step_lanes::make_ready(device_step&& step) { (step.token == 0 ? others_ : held_).push_back(std::move(step)); }

bool step_lanes::pop(device_step& out, bool any) {
  auto& from = held_.empty() && any ? others_ : held_;
  if (from.empty()) return false;
  out = std::move(from.front());
  from.pop_front();
  --waiting_;
  return true;
}

void step_lanes::release(std::uint64_t queue) {
  if (queue == 0) return;
  auto& lane = lanes_.find(queue)->second;
  if (lane.later.empty()) {
    lane.busy = false;
    return;
  }
  make_ready(std::move(lane.later.front()));
  lane.later.pop_front();
}

void step_lanes::fence(std::uint64_t queue, fencing_token lowest) {
  auto& lane = lane_of(queue);
  lane.lowest = std::max(lane.lowest, lowest);
}

bool step_lanes::is_fenced(std::uint64_t queue, fencing_token token) const {
  const auto found = lanes_.find(queue);
  if (found != lanes_.end()) return overtaken(token, found->second.lowest);
  return queue != 0 && overtaken(token, forgotten_);
}

step_lanes::lane& step_lanes::lane_of(std::uint64_t queue) {
  if (lanes_.size() >= remembered_ && !lanes_.contains(queue)) forget_oldest_lanes();
  auto& lane = lanes_[queue];
  lane.last_use = ++uses_;
  return lane;
}

// Memory must not grow with the number of queues ever seen. Tokens rise over the whole device, so a queue that returns
// after it was forgotten is held to the highest forgotten token: an old lease is refused, never let through.
void step_lanes::forget_oldest_lanes() {
  const auto is_idle = [](const auto& entry) {
    return entry.first != 0 && !entry.second.busy && entry.second.lowest != closed;
  };
  std::vector<std::uint64_t> ages;
  for (const auto& entry : lanes_)
    if (is_idle(entry)) ages.push_back(entry.second.last_use);
  if (ages.empty()) return;
  const auto middle = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2);
  std::nth_element(ages.begin(), middle, ages.end());
  std::erase_if(lanes_, [&](const auto& entry) {
    const bool old = is_idle(entry) && entry.second.last_use <= *middle;
    if (old) forgotten_ = std::max(forgotten_, entry.second.lowest);
    return old;
  });
}

}  // namespace dunlin

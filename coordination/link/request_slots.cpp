// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/request_slots.hpp"

#include <algorithm>

namespace dunlin::link {

std::int64_t request_slots::bucket_of(time_point when) noexcept {
  return std::chrono::floor<bucket_width>(when.time_since_epoch()).count();
}

request_slots::slot_index request_slots::take_free() {
  if (free_.empty()) {
    slots_.emplace_back();
    return static_cast<slot_index>(slots_.size() - 1);
  }
  const auto index = free_.back();
  free_.pop_back();
  return index;
}

result<request_id> request_slots::open(incarnation peer, time_point deadline) {
  if (open_ >= capacity_) return fail(errc::overloaded, std::to_string(open_) + " requests are unanswered");
  const auto index = take_free();
  auto& taken = slots_[index];
  ++taken.generation;
  taken.open = true;
  taken.peer = peer;
  taken.deadline = deadline;

  auto& list = peers_[peer.value];
  taken.in_peer = {list.last, none};
  (list.last == none ? list.first : slots_[list.last].in_peer.after) = index;
  list.last = index;

  // A deadline that has passed goes where `expire` looks next.
  const auto bucket = std::max(bucket_of(deadline), turned_to_.value_or(bucket_of(deadline)));
  taken.bucket = static_cast<std::uint8_t>(bucket);
  auto& head = wheel_[taken.bucket];
  taken.in_bucket = {none, head};
  if (head != none) slots_[head].in_bucket.before = index;
  head = index;

  ++open_;
  return request_id{(std::uint64_t{taken.generation} << 32) | index};
}

std::optional<request_slots::slot_index> request_slots::close(request_id id, incarnation peer) {
  const auto index = slot_of(id);
  if (index >= slots_.size()) return std::nullopt;
  const auto& wanted = slots_[index];
  if (!wanted.open || wanted.generation != id.value >> 32 || wanted.peer != peer) return std::nullopt;
  release(index);
  return index;
}

void request_slots::close_all(incarnation peer, std::vector<slot_index>& out) {
  for (auto owed = peers_.find(peer.value); owed != peers_.end(); owed = peers_.find(peer.value)) {
    const auto index = owed->second.first;
    release(index);
    out.push_back(index);
  }
}

void request_slots::expire(time_point now, std::vector<slot_index>& out) {
  const auto last = bucket_of(now);
  const auto whole_turn = last - static_cast<std::int64_t>(buckets) + 1;
  const auto first = std::max(turned_to_.value_or(whole_turn), whole_turn);
  for (auto bucket = first; bucket <= last; ++bucket) expire_bucket(bucket, now, out);
  turned_to_ = std::max(last, turned_to_.value_or(last));
}

void request_slots::expire_bucket(std::int64_t bucket, time_point now, std::vector<slot_index>& out) {
  for (auto index = wheel_[static_cast<std::uint8_t>(bucket)]; index != none;) {
    const auto after = slots_[index].in_bucket.after;
    if (slots_[index].deadline <= now) {
      release(index);
      out.push_back(index);
    }
    index = after;
  }
}

void request_slots::release(slot_index index) {
  auto& gone = slots_[index];
  const auto owed = peers_.find(gone.peer.value);
  auto& list = owed->second;
  (gone.in_peer.before == none ? list.first : slots_[gone.in_peer.before].in_peer.after) = gone.in_peer.after;
  (gone.in_peer.after == none ? list.last : slots_[gone.in_peer.after].in_peer.before) = gone.in_peer.before;
  if (list.first == none) peers_.erase(owed);

  const auto [before, after] = gone.in_bucket;
  (before == none ? wheel_[gone.bucket] : slots_[before].in_bucket.after) = after;
  if (after != none) slots_[after].in_bucket.before = before;

  gone.open = false;
  free_.push_back(index);
  --open_;
}

}  // namespace dunlin::link

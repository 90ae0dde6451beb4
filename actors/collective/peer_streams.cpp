// SPDX-License-Identifier: Apache-2.0
#include "actors/collective/peer_streams.hpp"

#include <utility>

namespace dunlin {

peer_streams::peer_streams(meeting_place& place, const group_invitation& group, std::vector<member_place> members,
                           std::uint32_t rank)
    : place_(place), group_(group), members_(std::move(members)), rank_(rank), box_(place.box_of(group, rank)) {}

peer_streams::~peer_streams() { place_.leave(group_, rank_); }

result<chunk_sender*> peer_streams::sender_to(std::uint32_t rank, const wait_terms& terms) {
  if (const auto known = to_.find(rank); known != to_.end()) return &known->second;
  auto stream = place_.open(members_[rank], {group_.high, group_.low, rank, rank_, generation_}, terms);
  if (!stream) return fail(std::move(stream.error()));
  return &to_.emplace(rank, chunk_sender{std::move(*stream)}).first->second;
}

/// Only the process in which a member is may open its streams.
bool peer_streams::fits(const arrived_stream& one) const {
  const auto from = one.purpose.from;
  return from < members_.size() && members_[from].life == one.by && one.purpose.generation >= generation_;
}

void peer_streams::adopt() {
  auto waiting = std::exchange(early_, {});
  for (auto& one : box_->take()) waiting.push_back(std::move(one));
  for (auto& one : waiting) {
    if (!fits(one) || early_.size() == stream_box::capacity) continue;
    const auto from = one.purpose.from;
    if (one.purpose.generation > generation_)
      early_.push_back(std::move(one));
    else
      from_.try_emplace(from, from, std::move(one.stream));
  }
}

void peer_streams::start_anew(std::uint64_t operation) {
  generation_ = operation;
  to_.clear();
  from_.clear();
}

void peer_streams::add_polls(std::vector<pollfd>& out, bool reads) const {
  out.push_back({box_->descriptor(), POLLIN, 0});
  for (const auto& [rank, one] : to_)
    if (!one.is_idle()) out.push_back({one.descriptor(), POLLOUT, 0});
  for (const auto& [rank, one] : from_)
    if (reads && !one.is_parked()) out.push_back({one.descriptor(), POLLIN, 0});
}

}  // namespace dunlin

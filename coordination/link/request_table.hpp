// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "coordination/link/request_slots.hpp"

namespace dunlin::link {

/// Outstanding requests, each with a `Waiter` that gets exactly one end: the answer, `link_down` when the peer's link
/// goes, or `timeout`. Thread: the owner's.
template <class Waiter>
class request_table {
 public:
  /// At most `capacity` requests are outstanding.
  explicit request_table(std::uint32_t capacity) : slots_(capacity) {}

  /// Returns the id to put into the request. Errors: overloaded.
  result<request_id> open(incarnation peer, time_point deadline, Waiter waiter) {
    auto id = slots_.open(peer, deadline);
    if (!id) return id;
    const auto index = request_slots::slot_of(*id);
    if (index >= waiters_.size()) waiters_.resize(index + 1);
    waiters_[index].emplace(std::move(waiter));
    return id;
  }

  /// Returns who waits for this answer from `peer`; nothing if it came too late or was never asked.
  std::optional<Waiter> answered(request_id id, incarnation peer) {
    const auto index = slots_.close(id, peer);
    if (!index) return std::nullopt;
    return std::exchange(waiters_[*index], std::nullopt);
  }

  /// Calls `end(Waiter&&, error)` for everything that `peer` owes, oldest first.
  template <class End>
  void link_down(incarnation peer, const error& why, End end) {
    slots_.close_all(peer, ended_);
    finish(error{errc::link_down, why.context, why.hint}, end);
  }

  /// Calls `end(Waiter&&, error)` for everything that is due.
  template <class End>
  void expire(time_point now, End end) {
    slots_.expire(now, ended_);
    finish(error{errc::timeout, "no answer in time"}, end);
  }

  [[nodiscard]] std::uint32_t size() const noexcept { return slots_.size(); }

 private:
  /// `end` may open new requests: they may reuse slots, so the waiters are taken out first.
  template <class End>
  void finish(const error& why, End& end) {
    std::vector<Waiter> waiters;
    for (const auto index : std::exchange(ended_, {})) waiters.push_back(*std::exchange(waiters_[index], std::nullopt));
    for (auto& waiter : waiters) end(std::move(waiter), why);
  }

  request_slots slots_;
  std::vector<std::optional<Waiter>> waiters_;
  std::vector<request_slots::slot_index> ended_;
};

}  // namespace dunlin::link

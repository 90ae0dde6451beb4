// SPDX-License-Identifier: Apache-2.0
// A random history as in arbiter_history.hpp, in which priorities are boosted and lent and shares are reserved, and in
// which whatever is due is done in time.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "tests/coordination/sharing/leases/arbiter_history.hpp"

namespace dunlin {

class reserved_witness : public arbiter_witness {
 public:
  using arbiter_witness::arbiter_witness;

  void step(std::uint32_t word, bool switching) {
    pass(pause(word));
    const auto agent = 1 + (word >> 3) % agents;
    const auto more = word >> 12;
    switch (word >> 8 & 15) {
      case 8:
        if (switching) change_rule(choose(more, patterns));
        break;
      case 9:
        lend(agent, more);
        break;
      case 10:
      case 11:
        reserve(agent, more);
        break;
      case 12:
        (more & 3) == 0 ? cancel(agent) : hand_over(agent, 1 + (more >> 2) % agents);
        break;
      case 13:
      case 14:
      case 15:
        ask_in_time(agent, more);
        break;
      default:
        touched_ = agent;  // by itself or by an operator
        act(word, false);
    }
    check_promises();
    touched_ = 0;
  }

  /// Nobody does anything any more. Returns until when that may take: what is reserved comes first.
  time_point end() {
    auto last = now_;
    for (const auto& [agent, one] : promised_) last = std::max(last, one.until);
    const auto waited = waiting_;
    std::map<std::uint64_t, bool> served;
    for (int i = 0; device_.next_deadline(); ++i) {
      if (i == 500) RC_FAIL("next_deadline never runs dry");
      now_ = std::max(now_, *device_.next_deadline());
      tick();
      check_promises();
      for (const auto& [agent, one] : held_) served[agent] = true;
    }
    for (const auto& [agent, since] : waited)
      if (now_ < since + config_.terms.patience) RC_ASSERT(served[agent]);
    return last;
  }

 private:
  /// The arbiter is called whenever it has something to do.
  void pass(duration time) {
    const auto then = now_ + time;
    while (const auto next = device_.next_deadline()) {
      if (*next > then) break;
      now_ = std::max(now_, *next);
      tick();
      check_promises();
    }
    now_ = then;
  }

  void change_rule(sharing_pattern pattern) {
    tick();  // may grant a share, which may stand against the switch
    if (!device_.check_switch(*rule_of(pattern, config_.capacity), now_)) return;
    exchange(pattern);
    switched_ = now_;
  }

  void lend(std::uint64_t agent, std::uint32_t word) {
    const bool there = held_.contains(agent) || waiting_.contains(agent);
    const auto lent = device_.lend({agent}, static_cast<std::uint8_t>(word % 11), now_, out_);
    absorb();
    RC_ASSERT(lent.has_value() == there);
  }

  void reserve(std::uint64_t agent, std::uint32_t word) {
    share_reservation wanted;
    wanted.agent = {agent};
    wanted.wish.compute_milli = choose<std::uint32_t>(word, std::array<std::uint32_t, 4>{125, 250, 500, 1'000});
    wanted.wish.memory_bytes = choose<std::uint64_t>(word >> 2, std::array<std::uint64_t, 4>{0, 0, 400, 1'000});
    wanted.from = now_ + choose<duration>(word >> 4, std::array<duration, 4>{0s, 700ms, 3s, 9s});
    wanted.until = wanted.from + choose<duration>(word >> 6, std::array<duration, 4>{500ms, 2s, 5s, 15s});
    wanted.claim_within = choose<duration>(word >> 8, std::array<duration, 2>{1s, 4s});
    const bool again = promised_.contains(agent);
    const auto taken = device_.reserve(wanted, now_, out_);
    if (taken) promised_[agent] = wanted;
    absorb();
    RC_ASSERT(!(again && taken));
  }

  void cancel(std::uint64_t agent) {
    const bool known = promised_.erase(agent) > 0;
    had_.erase(agent);
    const auto done = device_.cancel_reservation({agent}, now_, out_);
    absorb();
    RC_ASSERT(done.has_value() == known);
  }

  void hand_over(std::uint64_t from, std::uint64_t to) {
    const auto handed = device_.hand_over({from}, {to}, now_, out_);
    if (handed) {
      RC_ASSERT(!had_.contains(from));
      auto moved = promised_.extract(from);
      moved.key() = to;
      moved.mapped().agent = {to};
      promised_.insert(std::move(moved));
      asked_at_[to] = now_;
    }
    absorb();
    RC_ASSERT(handed || !has_reserved(from) || has_reserved(to) || held_.contains(from));
  }

  [[nodiscard]] bool has_reserved(std::uint64_t agent) const {
    return std::ranges::count(device_.reservations(), agent_id{agent}, &share_reservation::agent) > 0;
  }

  /// With boosts and a hold of its own, and mostly for what it has reserved.
  void ask_in_time(std::uint64_t agent, std::uint32_t word) {
    auto asked = request_of(agent, word);
    asked.wish.hold = choose<duration>(word >> 11, std::array<duration, 4>{0s, 0s, 2s, 8s});
    const auto own = promised_.find(agent);
    if (own != promised_.end() && (word >> 13 & 3) != 0) {
      asked.wish.compute_milli = own->second.wish.compute_milli;
      asked.wish.memory_bytes = own->second.wish.memory_bytes;
    }
    for (auto left = word >> 15 & 3; left > 0; --left)
      asked.boosts.push_back({static_cast<std::uint8_t>(1 + (word + left) % 9), now_ + 1s * left});
    const bool known = held_.contains(agent) || waiting_.contains(agent);
    if (!ask(asked) || known) return;
    asked_[agent] = asked;
    asked_at_[agent] = now_;
  }

  [[nodiscard]] bool asks_for(std::uint64_t agent, const share_reservation& one) const {
    for (const auto& asked : device_.requests())
      if (asked.holder.value == agent) return one.covers(asked.wish);
    return false;
  }

  void check_promises() {
    const auto listed = device_.reservations();
    for (auto at = promised_.begin(); at != promised_.end();) {
      const auto& [agent, one] = *at;
      const bool known = std::ranges::find(listed, one) != listed.end();
      known ? check_kept(agent, one) : check_ended(agent, one);
      at = known ? std::next(at) : promised_.erase(at);
    }
    RC_ASSERT(listed.size() == promised_.size());
    check_priorities();
  }

  /// Its agent has the share after the grace, and keeps it.
  void check_kept(std::uint64_t agent, const share_reservation& one) {
    RC_ASSERT(now_ < one.until);
    const auto held = held_.find(agent);
    const bool has = held != held_.end() && !held->second.parked;
    if (touched_ == agent && held == held_.end()) had_.erase(agent);  // gave it back
    if (now_ < one.from || !asks_for(agent, one)) return;
    if (held != held_.end() && held->second.recalled) return;  // it has to ask anew
    const auto by = std::max({one.from, asked_at_[agent], switched_}) + config_.terms.grace;
    RC_ASSERT(has || now_ < by);
    RC_ASSERT(has || !had_.contains(agent));
    if (has) had_.insert(agent);
  }

  /// It is over, has lapsed, or ended with the lease.
  void check_ended(std::uint64_t agent, const share_reservation& one) {
    const bool lapsed = now_ >= one.from + one.claim_within && !had_.contains(agent);
    const bool gave_back = !held_.contains(agent) && (touched_ == agent || had_.contains(agent));
    RC_ASSERT(now_ >= one.until || lapsed || gave_back);
    had_.erase(agent);
  }

  /// Contracts show the priority in force.
  void check_priorities() {
    for (const auto& contract : device_.contracts()) {
      const auto asked = asked_.find(contract.holder.value);
      if (asked == asked_.end() || contract.requested != asked->second.wish) continue;
      for (const auto& request : device_.requests())
        if (request.holder == contract.holder)
          RC_ASSERT(contract.priority == raised(request.priority, request.boosts, now_));
    }
  }

  std::map<std::uint64_t, share_reservation> promised_;
  std::set<std::uint64_t> had_;  ///< who has what it reserved
  std::map<std::uint64_t, share_request> asked_;
  std::map<std::uint64_t, time_point> asked_at_;
  time_point switched_{};
  std::uint64_t touched_ = 0;
};

}  // namespace dunlin

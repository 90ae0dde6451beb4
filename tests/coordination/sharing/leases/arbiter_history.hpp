// SPDX-License-Identifier: Apache-2.0
// A random history of one shared device: its agents, a clock, and a witness.
#pragma once

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <vector>

#include "tests/coordination/sharing/leases/lease_witness.hpp"

namespace dunlin {

/// A random number per step, from which everything about the step is read. Shrinks to shorter ones.
using history = std::vector<std::uint32_t>;

template <class T, std::size_t N>
T choose(std::uint32_t word, const std::array<T, N>& among) {
  return among[word % N];
}

class arbiter_witness : public lease_witness {
 public:
  using lease_witness::lease_witness;

  /// `switching`: the rule may be exchanged too.
  void step(std::uint32_t word, bool switching) {
    now_ += pause(word);
    act(word, switching);
  }

  static duration pause(std::uint32_t word) {
    return choose<duration>(word, std::array<duration, 5>{0ms, 1ms, 300ms, 1s, 4s});
  }

  void act(std::uint32_t word, bool switching) {
    const auto agent = 1 + (word >> 3) % agents;
    const bool flag = (word >> 7 & 1) != 0;
    const auto more = word >> 12;
    switch (word >> 8 & 15) {
      case 0:
        return lose(agent);
      case 1:
      case 2:
        return release(agent, flag);
      case 3:
      case 4:
        return renew(agent);
      case 5:
        return tick();
      case 6:
        return revoke(agent, flag);
      case 7:
        return use(agent, more);
      case 8:
        return switching && flag ? exchange(choose(more, patterns)) : settle(more);
      default:
        return ask(agent, more);
    }
  }

  void exchange(sharing_pattern pattern) {
    tick();  // what is over ends before
    const auto before = held_;
    device_.switch_to(rule_of(pattern, config_.capacity), now_, out_);
    for (const auto& effect : out_) RC_ASSERT(!std::holds_alternative<share_revoked>(effect));
    absorb();
    for (const auto& [agent, lease] : before) {
      RC_ASSERT(held_.contains(agent));
      const auto& after = held_.at(agent);
      RC_ASSERT(after.id == lease.id);
      RC_ASSERT(after.parked || after.token > lease.token);
      RC_ASSERT(after.grant.memory_bytes == lease.grant.memory_bytes);
    }
    RC_ASSERT(device_.pattern() == pattern);
  }

  /// As a negotiation might: up to the whole device for some of the agents; once in a while more than there is.
  void settle(std::uint32_t word) {
    tick();
    constexpr std::array<std::uint32_t, 4> parts{0, 60, 125, 333};
    std::vector<allotment> allotments;
    for (std::uint64_t agent = 1; agent <= agents; ++agent)
      if (((word >> agent) & 1) != 0) allotments.push_back({{agent}, choose(word >> 2 * agent, parts)});
    std::uint32_t sum = 0;
    for (const auto& one : allotments) sum += one.compute_milli;
    const bool negotiated = device_.pattern() == sharing_pattern::collaborative;

    const auto settled = device_.settle(allotments, now_, out_);

    RC_ASSERT(settled.has_value() == (negotiated && sum <= 1'000));
    if (!settled) RC_ASSERT(out_.empty());
    if (!settled) RC_ASSERT(settled.error().code == (negotiated ? errc::invalid_argument : errc::not_supported));
    absorb();
  }

  /// Lets time pass until nothing is left to do; nobody renews.
  void let_all_end() {
    for (int i = 0; i < 500; ++i) {
      const auto next = device_.next_deadline();
      if (!next) return;
      now_ = std::max(now_, *next);
      tick();
    }
    RC_FAIL("next_deadline never runs dry");
  }

  void tick() {
    device_.tick(now_, out_);
    absorb();
    for (const auto& [agent, one] : held_) RC_ASSERT(now_ < one.deadline);
    for (const auto& [agent, since] : waiting_) RC_ASSERT(now_ - since < config_.terms.patience);
  }

  void ask(std::uint64_t agent, std::uint32_t word) { ask(request_of(agent, word)); }

  static share_request request_of(std::uint64_t agent, std::uint32_t word) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.priority = static_cast<std::uint8_t>(1 + word % 10);
    asked.wish.compute_milli = choose<std::uint32_t>(word >> 4, std::array<std::uint32_t, 4>{125, 250, 500, 1'000});
    asked.wish.most_milli = (word >> 6 & 1) != 0 ? 0 : 1'000;
    asked.wish.memory_bytes = choose<std::uint64_t>(word >> 7, std::array<std::uint64_t, 4>{0, 100, 400, 1'000});
    asked.preemptible = (word >> 9 & 1) != 0;
    asked.in_steps = (word >> 10 & 1) != 0;
    return asked;
  }

  /// Returns whether the arbiter takes it.
  bool ask(const share_request& asked) {
    tick();  // a lease or a patience may be over: then this is a new request
    const auto agent = asked.holder.value;
    const bool known = held_.contains(agent) || waiting_.contains(agent);
    if (!known) waiting_.emplace(agent, now_);
    const auto taken = device_.request(asked, now_, out_);
    if (known) RC_ASSERT(taken.error().code == errc::conflict);
    if (!taken && !known) waiting_.erase(agent);
    absorb();
    return taken.has_value();
  }

 protected:
  /// The agent has no step on the device any more, and no share.
  virtual void leave_device(std::uint64_t agent) { static_cast<void>(agent); }

 private:
  void release(std::uint64_t agent, bool give_up) {
    const bool holds = held_.contains(agent);
    const auto token = give_up ? 0 : holds ? held_.at(agent).token : old_token(agent);
    if (holds && !give_up) leave_device(agent);
    const auto done = device_.release({agent}, token, now_, out_);
    RC_ASSERT(done.has_value() == (give_up ? !holds && waiting_.contains(agent) : holds));
    if (done && holds) held_.erase(agent);
    if (done && !holds) waiting_.erase(agent);
    absorb();
  }

  void renew(std::uint64_t agent) {
    for (const auto old : tokens_[agent])
      if (!held_.contains(agent) || held_.at(agent).token != old) RC_ASSERT(!device_.renew({agent}, old, now_));
    if (!held_.contains(agent)) return;
    const auto renewed = device_.renew({agent}, held_.at(agent).token, now_);
    if (renewed) held_.at(agent).deadline = *renewed;
    RC_ASSERT(renewed || renewed.error().code == errc::lease_expired || renewed.error().code == errc::conflict);
  }

  void lose(std::uint64_t agent) {
    const bool held = held_.contains(agent);
    waiting_.erase(agent);
    leave_device(agent);
    device_.holder_lost({agent}, now_, out_);
    absorb();
    RC_ASSERT(!held_.contains(agent));
    if (held) RC_ASSERT(!device_.explain({agent}, now_));
  }

  void revoke(std::uint64_t agent, bool at_once) {
    const bool held = held_.contains(agent);
    const auto done = device_.revoke({agent}, at_once ? 0s : 1s, "a test", now_, out_);
    RC_ASSERT(done.has_value() == held);
    absorb();
    if (at_once) RC_ASSERT(!held_.contains(agent));
  }

  void use(std::uint64_t agent, std::uint32_t word) {
    if (!held_.contains(agent)) return;
    auto& one = held_.at(agent);
    one.bytes_used = std::max<std::uint64_t>(one.bytes_used, word % (one.grant.memory_bytes + 1));
    device_.on_used({agent}, one.token, {1'000, one.bytes_used, 1, exactness::exact});
  }

  fencing_token old_token(std::uint64_t agent) const {
    const auto at = tokens_.find(agent);
    return at == tokens_.end() || at->second.empty() ? 7 : *at->second.begin();
  }
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"

namespace dunlin {

inline constexpr time_point t0{1'000s};

inline arbiter_config small_config() {
  arbiter_config out;
  out.capacity = {device_id{1}, 4, 1'000};
  out.terms.ttl = 10s;
  out.terms.max_hold = 60s;
  return out;
}

/// An arbiter whose agents work in steps, and what it said last.
class device_in_steps {
 public:
  device_in_steps() : shares(small_config(), std::make_unique<exclusive>(small_config().capacity)) {}

  result<void> ask(std::uint64_t agent, time_point now, int priority = 5, const share_wish& wish = {},
                   const std::vector<priority_boost>& boosts = {}) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.priority = static_cast<std::uint8_t>(priority);
    asked.wish = wish;
    asked.in_steps = true;
    asked.boosts = boosts;
    return ask(asked, now);
  }
  result<void> ask(const share_request& asked, time_point now) {
    out.clear();
    return shares.request(asked, now, out);
  }
  result<void> lend(std::uint64_t agent, int priority, time_point now) {
    out.clear();
    return shares.lend({agent}, static_cast<std::uint8_t>(priority), now, out);
  }
  /// Ends the lease of one that holds.
  void release(std::uint64_t agent, time_point now) {
    out.clear();
    const auto token = contract_of(agent).token;
    ASSERT_TRUE(shares.release({agent}, token, now, out));
  }
  void renew_all(time_point now) {
    for (const auto& one : shares.contracts()) static_cast<void>(shares.renew(one.holder, one.token, now));
  }
  void tick(time_point now) {
    out.clear();
    shares.tick(now, out);
  }
  void slice(time_point now) { exchange(time_sliced::make(small_config().capacity, {}).value(), now); }
  void partition(time_point now) { exchange(space_partitioned::make(small_config().capacity, {}).value(), now); }
  void exchange(std::unique_ptr<share_rule> rule, time_point now) {
    out.clear();
    shares.switch_to(std::move(rule), now, out);
  }

  /// Returns the agent's contract; one without a token if it has none.
  [[nodiscard]] share_contract contract_of(std::uint64_t agent) const {
    for (const auto& one : shares.contracts())
      if (one.holder == agent_id{agent}) return one;
    return {};
  }
  [[nodiscard]] std::string explained(std::uint64_t agent, time_point now) const {
    return shares.explain({agent}, now)->summary;
  }

  /// Returns the effects in short.
  [[nodiscard]] std::vector<std::string> said() const {
    struct brief {
      std::string operator()(const share_granted& e) const { return "granted " + number(e.contract.holder); }
      std::string operator()(const share_changed& e) const { return "changed " + number(e.contract.holder); }
      std::string operator()(const share_parked& e) const { return "parked " + number(e.holder); }
      std::string operator()(const share_recalled& e) const { return "recalled " + number(e.holder); }
      std::string operator()(const share_revoked& e) const { return "revoked " + number(e.holder); }
      std::string operator()(const share_refused& e) const { return "refused " + number(e.holder); }
      static std::string number(agent_id agent) { return std::to_string(agent.value); }
    };
    std::vector<std::string> words;
    for (const auto& effect : out) words.push_back(std::visit(brief{}, effect));
    return words;
  }

  arbiter shares;
  sharing_effects out;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/patterns/exclusive.hpp"

namespace dunlin {

/// An exclusive device with short times, and what it said last.
struct shared_device {
  static constexpr time_point t0{1'000s};

  static arbiter_config config() {
    arbiter_config out;
    out.capacity = {device_id{2}, 4, 1'000};
    out.last_token = 100;
    out.terms.ttl = 10s;
    out.terms.max_waiting = 3;
    return out;
  }

  shared_device() : shared_device(config()) {}
  explicit shared_device(const arbiter_config& wanted) : device(wanted, std::make_unique<exclusive>(wanted.capacity)) {}

  /// Request numbers are 10 × the agent's.
  result<void> ask(std::uint64_t agent, time_point now, std::uint8_t priority = 5, bool preemptible = true,
                   duration patience = {}) {
    out.clear();
    return device.request({request_id{agent * 10}, agent_id{agent}, {}, priority, preemptible, patience}, now, out);
  }
  result<void> release(std::uint64_t agent, fencing_token token, time_point now) {
    out.clear();
    return device.release(agent_id{agent}, token, now, out);
  }
  result<time_point> renew(std::uint64_t agent, fencing_token token, time_point now) {
    return device.renew(agent_id{agent}, token, now);
  }
  void tick(time_point now) {
    out.clear();
    device.tick(now, out);
  }

  /// Returns the number of the agent that holds the device; 0 = nobody.
  [[nodiscard]] std::uint64_t holder() const {
    const auto contracts = device.contracts();
    return contracts.empty() ? 0 : contracts.front().holder.value;
  }
  [[nodiscard]] fencing_token token() const { return device.contracts().front().token; }

  /// Returns the effects in short: `revoked 1, granted 2`.
  [[nodiscard]] std::string said() const {
    std::string text;
    for (const auto& effect : out) text.append(text.empty() ? "" : ", ").append(std::visit(brief{}, effect));
    return text;
  }

  arbiter device;
  sharing_effects out;

 private:
  struct brief {
    static std::string with(const char* what, agent_id who) { return what + std::to_string(who.value); }
    std::string operator()(const share_granted& e) const { return with("granted ", e.contract.holder); }
    std::string operator()(const share_changed& e) const { return with("changed ", e.contract.holder); }
    std::string operator()(const share_parked& e) const { return with("parked ", e.holder); }
    std::string operator()(const share_recalled& e) const { return with("recalled ", e.holder); }
    std::string operator()(const share_revoked& e) const { return with("revoked ", e.holder); }
    std::string operator()(const share_refused& e) const { return with("refused ", e.holder); }
  };
};

}  // namespace dunlin

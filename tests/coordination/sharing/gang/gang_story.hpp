// SPDX-License-Identifier: Apache-2.0
// One gang and what it says: `t.granted(0); EXPECT_EQ(t.said(), "ask 2")`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coordination/sharing/gang/gang_lease.hpp"

namespace dunlin {

class gang_story {
 public:
  static gang_terms short_terms() { return {10s, 3, 5s, 60s}; }

  explicit gang_story(const std::vector<std::uint64_t>& devices, int priority = 5,
                      const gang_terms& terms = short_terms()) {
    gang_request wanted{{7}, {}, static_cast<std::uint8_t>(priority)};
    for (const auto device : devices) wanted.parts.push_back({{device}});
    gang.emplace(gang_lease::make(wanted, terms, now, out).value());
  }

  void granted(std::uint64_t device) { gang->on_granted(contract(device), now, out); }
  void changed(std::uint64_t device) { gang->on_changed(contract(device), now, out); }
  void parked(std::uint64_t device) { gang->on_parked({device}, now, out); }
  void refused(std::uint64_t device, errc code) { gang->on_refused({device}, error{code, "no"}, now, out); }
  void revoked(std::uint64_t device) { gang->on_revoked({device}, error{errc::lease_expired, "over"}, now, out); }
  void device_lost(std::uint64_t device) { gang->on_device_lost({device}, "it fell off the bus", out); }
  void release() { gang->release(out); }
  void pass(duration time) {
    now += time;
    gang->tick(now, out);
  }

  /// Returns what was said since the last call, in words, separated by `; `.
  std::string said() {
    std::string words;
    for (const auto& effect : std::exchange(out, {})) {
      if (!words.empty()) words += "; ";
      words += std::visit([](const auto& one) { return text(one); }, effect);
    }
    return words;
  }

  std::optional<gang_lease> gang;
  gang_effects out;
  time_point now{1'000s};

 private:
  share_contract contract(std::uint64_t device) {
    share_contract out;
    out.holder = {7};
    out.device = {device};
    out.token = ++tokens_;
    return out;
  }

  static std::string text(const ask_part& one) {
    return "ask " + std::to_string(one.device.value) + (one.priority == 5 ? "" : " at " + std::to_string(one.priority));
  }
  static std::string text(const return_part& one) {
    return (one.token == 0 ? "no longer ask " : "return ") + std::to_string(one.device.value);
  }
  static std::string text(const gang_granted& one) { return "granted" + devices(one.contracts); }
  static std::string text(const gang_paused& one) { return "paused by " + std::to_string(one.device.value); }
  static std::string text(const gang_resumed& one) { return "resumed" + devices(one.contracts); }
  static std::string text(const gang_refused& one) { return "refused: " + std::string{to_string(one.why.code)}; }
  static std::string text(const gang_lost& one) {
    return "lost by " + std::to_string(one.device.value) + ": " + std::string{to_string(one.why.code)};
  }
  static std::string devices(const std::vector<share_contract>& contracts) {
    std::string words;
    for (const auto& each : contracts) words += " " + std::to_string(each.device.value);
    return words;
  }

  fencing_token tokens_ = 0;
};

}  // namespace dunlin

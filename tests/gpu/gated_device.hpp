// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

#include "coordination/sharing/patterns/exclusive.hpp"
#include "coordination/sharing/patterns/space_partitioned.hpp"
#include "coordination/sharing/patterns/time_sliced.hpp"
#include "gpu/cpu/step_gate.hpp"

namespace dunlin::testing {

/// An arbiter and the gate of its device.
class gated_device {
 public:
  explicit gated_device(std::vector<std::uint32_t> cores = {}, std::uint32_t units = 4)
      : config_(config(units)),
        gate(std::make_shared<step_gate>(step_gate_options{units, std::move(cores), {}})),
        shares(config_, std::make_unique<exclusive>(config_.capacity)) {}

  lease_id ask(std::uint64_t agent, std::uint32_t milli = 1'000) {
    share_request asked;
    asked.request = {agent};
    asked.holder = {agent};
    asked.wish.compute_milli = milli;
    asked.in_steps = true;
    EXPECT_TRUE(shares.request(asked, at, out_));
    perform();
    for (const auto& contract : shares.contracts())
      if (contract.holder == asked.holder) return contract.id;
    return {};
  }

  void slice() { exchange(time_sliced::make(config_.capacity, {1ms, 16}).value()); }
  void partition() { exchange(space_partitioned::make(config_.capacity, {}).value()); }
  void exchange(std::unique_ptr<share_rule> rule) {
    shares.switch_to(std::move(rule), at, out_);
    perform();
  }
  void revoke(std::uint64_t agent) {
    EXPECT_TRUE(shares.revoke({agent}, 0s, "a test", at, out_));
    perform();
  }

 private:
  static constexpr time_point at{1'000s};

  static arbiter_config config(std::uint32_t units) {
    arbiter_config out;
    out.capacity = {device_id{1}, units, 1'000};
    return out;
  }
  void perform() {
    gate->apply(out_);
    out_.clear();
  }

  arbiter_config config_;
  sharing_effects out_;

 public:
  std::shared_ptr<step_gate> gate;
  arbiter shares;
};

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "coordination/sharing/pipeline/pipeline.hpp"
#include "gpu/cpu/step_gate.hpp"

namespace dunlin::testing {

/// A device that is shared as a pipeline, and holders of it.
class pipeline_device {
 public:
  explicit pipeline_device(std::vector<stage_spec> stages, std::uint32_t units = 2)
      : config_(config(units)),
        gate(std::make_shared<step_gate>(step_gate_options{units, {}, {}})),
        shares(config_, pipeline::make(config_.capacity, {1ms, 16}).value()) {
    EXPECT_TRUE(gate->set_stages(stage_graph::make(std::move(stages), 16).value()));
  }

  static std::vector<stage_spec> chain(std::uint32_t ring = 4) {
    return {{"decode", {}, 1, ring}, {"infer", {"decode"}, 1, ring}, {"encode", {"infer"}, 1, ring}};
  }

  /// A session on the calling thread. `stop` must outlive it.
  std::unique_ptr<share_session> enter(const std::atomic<bool>* stop = nullptr) {
    share_request asked;
    {
      const std::lock_guard lock{mutex_};
      asked.request = {++agents_};
      asked.holder = {agents_};
      asked.wish.compute_milli = 1;
      asked.in_steps = true;
      EXPECT_TRUE(shares.request(asked, at, out_));
      perform();
    }
    auto entered =
        gate->enter(asked.holder, lease_of(asked.holder), [stop] { return stop != nullptr && stop->load(); });
    EXPECT_TRUE(entered);
    return std::move(*entered);
  }

  std::unique_ptr<share_session> join(const std::string& stage, const std::atomic<bool>* stop = nullptr) {
    auto out = enter(stop);
    const auto joined = out->join_stage(stage);
    EXPECT_TRUE(joined) << to_string(joined.error());
    return out;
  }

  void exchange(std::unique_ptr<share_rule> rule) {
    const std::lock_guard lock{mutex_};
    shares.switch_to(std::move(rule), at, out_);
    perform();
  }
  void revoke(agent_id agent) {
    const std::lock_guard lock{mutex_};
    EXPECT_TRUE(shares.revoke(agent, 0s, "a test", at, out_));
    perform();
  }
  [[nodiscard]] const device_capacity& capacity() const { return config_.capacity; }

 private:
  static constexpr time_point at{1'000s};

  static arbiter_config config(std::uint32_t units) {
    arbiter_config out;
    out.capacity = {device_id{1}, units, 1'000};
    return out;
  }
  lease_id lease_of(agent_id agent) {
    const std::lock_guard lock{mutex_};
    for (const auto& contract : shares.contracts())
      if (contract.holder == agent) return contract.id;
    return {};
  }
  void perform() {
    gate->apply(out_);
    out_.clear();
  }

  std::mutex mutex_;
  std::uint64_t agents_ = 0;
  arbiter_config config_;
  sharing_effects out_;

 public:
  std::shared_ptr<step_gate> gate;
  arbiter shares;
};

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
// A gate without threads: whoever comes has its turn at once, and has waited for each next one as long as the test
// says.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "coordination/sharing/turns/share_gate.hpp"

namespace dunlin::testing {

/// Implements `share_gate` for one thread.
class fake_gate final : public share_gate {
 public:
  explicit fake_gate(duration wait) : wait_(wait) {}

  void set_terms(const turn_terms&) override {}
  result<void> set_stages(stage_graph) override { return {}; }
  void apply(const sharing_effects& decided) override {
    for (const auto& one : decided)
      if (const auto* granted = std::get_if<share_granted>(&one))
        contracts_[granted->contract.holder] = granted->contract;
  }
  void remove(agent_id holder) override { contracts_.erase(holder); }
  result<std::unique_ptr<share_session>> enter(agent_id holder, lease_id, std::function<bool()>) override {
    return std::make_unique<session>(contracts_.at(holder), wait_);
  }
  void wake(agent_id) override {}
  share_use take_use(agent_id) override { return {}; }
  void need_permits(std::function<void()>) override {}
  void permit(const std::vector<lane_permit>&, const std::vector<fencing_token>&, std::optional<time_point>) override {}
  gate_news take_news() override { return {}; }
  result<void> begin_whole(agent_id) override { return {}; }

 private:
  class session final : public share_session {
   public:
    session(share_contract contract, duration wait) : contract_(std::move(contract)), wait_(wait) {}
    result<void> next_step() override { return waited_ += wait_, result<void>{}; }
    result<void> rest() override { return {}; }
    result<void> resume() override { return {}; }
    [[nodiscard]] const share_contract& contract() const override { return contract_; }
    void measure_memory(std::function<std::uint64_t()>) override {}
    [[nodiscard]] share_use used() const override { return {}; }
    [[nodiscard]] duration waited() const override { return waited_; }
    result<void> join_stage(std::string_view) override { return fail(errc::not_found); }
    result<std::optional<stage_item>> take_item() override { return fail(errc::conflict); }
    result<void> put_item(shared_bytes) override { return fail(errc::conflict); }
    result<void> fail_item(error) override { return fail(errc::conflict); }
    void leave_stage() noexcept override {}

   private:
    share_contract contract_;
    duration wait_;
    duration waited_{};
  };

  duration wait_;
  std::map<agent_id, share_contract> contracts_;
};

}  // namespace dunlin::testing

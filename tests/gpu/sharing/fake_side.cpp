// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>
#include <variant>
#include <vector>

#include "coordination/sharing/turns/step_turns.hpp"
#include "tests/gpu/sharing/device_side.hpp"

namespace dunlin::testing {

namespace {

/// Each step takes 1 ms, of no clock.
class fake_side final : public device_side {
 public:
  explicit fake_side(std::uint32_t units) : turns_(units, {}) {}

  void apply(const sharing_effects& decided) override {
    for (const auto& effect : decided) {
      if (const auto* granted = std::get_if<share_granted>(&effect)) put(granted->contract);
      if (const auto* changed = std::get_if<share_changed>(&effect)) put(changed->contract);
      if (const auto* parked = std::get_if<share_parked>(&effect)) turns_.park(parked->holder);
      if (const auto* revoked = std::get_if<share_revoked>(&effect)) forget(revoked->holder);
    }
  }

  void remove(agent_id holder) override {
    forget(holder);
    end(holder);
  }

  result<share_contract> begin(agent_id holder, lease_id, fencing_token token) override {
    if (auto here = turns_.arrive(holder, token); !here) return fail(std::move(here.error()));
    return run(holder);
  }

  void end(agent_id holder) override {
    if (turns_.runs(holder)) turns_.end_step(holder, 1ms, false);
  }

  /// The steps of a lease end with it, though its agent may have another one by now.
  result<share_contract> next(agent_id holder) override {
    const auto at = contracts_.find(holder);
    const bool goes_on = at != contracts_.end() && at->second.id == running_.at(holder);
    turns_.end_step(holder, 1ms, goes_on);
    if (!goes_on) return fail(errc::lease_expired, "the lease has ended");
    return run(holder);
  }

 private:
  void forget(agent_id holder) {
    turns_.remove(holder);
    contracts_.erase(holder);
  }

  void put(const share_contract& contract) {
    turns_.put(contract);
    contracts_[contract.holder] = contract;
  }

  result<share_contract> run(agent_id holder) {
    std::vector<agent_id> begun;
    turns_.take_begun(begun);
    if (!turns_.runs(holder)) {
      turns_.withdraw(holder);
      return fail(errc::cancelled, "it is not its turn");
    }
    running_[holder] = contracts_.at(holder).id;
    return contracts_.at(holder);
  }

  step_turns turns_;
  std::map<agent_id, share_contract> contracts_;
  std::map<agent_id, lease_id> running_;  ///< under which the newest step began
};

}  // namespace

std::unique_ptr<device_side> make_fake_side(std::uint32_t units) { return std::make_unique<fake_side>(units); }

}  // namespace dunlin::testing

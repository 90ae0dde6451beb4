// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <utility>

#include "gpu/cpu/step_gate.hpp"
#include "tests/gpu/sharing/device_side.hpp"

namespace dunlin::testing {

namespace {

class cpu_side final : public device_side {
 public:
  explicit cpu_side(std::uint32_t units) : gate_(std::make_shared<step_gate>(step_gate_options{units, {}, {}})) {}

  void apply(const sharing_effects& decided) override { gate_->apply(decided); }

  void remove(agent_id holder) override {
    gate_->remove(holder);
    sessions_.erase(holder);
  }

  /// Whoever is stopped already does not wait.
  result<share_contract> begin(agent_id holder, lease_id lease, fencing_token) override {
    auto entered = gate_->enter(holder, lease, [] { return true; });
    if (!entered) return fail(std::move(entered.error()));
    const auto& session = sessions_[holder] = std::move(*entered);
    return session->contract();
  }

  void end(agent_id holder) override { sessions_.erase(holder); }

  result<share_contract> next(agent_id holder) override {
    const auto& session = sessions_.at(holder);
    if (auto begun = session->next_step(); !begun) {
      sessions_.erase(holder);
      return fail(std::move(begun.error()));
    }
    return session->contract();
  }

 private:
  std::shared_ptr<step_gate> gate_;
  std::map<agent_id, std::unique_ptr<share_session>> sessions_;
};

}  // namespace

std::unique_ptr<device_side> make_cpu_side(std::uint32_t units) { return std::make_unique<cpu_side>(units); }

}  // namespace dunlin::testing

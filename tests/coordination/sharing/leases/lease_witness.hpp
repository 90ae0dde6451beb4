// SPDX-License-Identifier: Apache-2.0
// Follows what an arbiter says as a device would, and checks every word of it. A device may hear it too.
#pragma once

#include <rapidcheck.h>

#include <map>
#include <set>
#include <string>

#include "tests/coordination/sharing/leases/small_device.hpp"

namespace dunlin {

class lease_witness {
 public:
  static constexpr std::uint64_t agents = 6;

  explicit lease_witness(sharing_pattern pattern, const arbiter_config& config = small_device())
      : config_(config), device_(config, rule_of(pattern, config.capacity)), highest_(config.last_token) {}
  virtual ~lease_witness() = default;
  lease_witness(const lease_witness&) = delete;
  lease_witness& operator=(const lease_witness&) = delete;

  [[nodiscard]] bool quiet() const noexcept { return held_.empty() && waiting_.empty(); }
  [[nodiscard]] time_point now() const noexcept { return now_; }
  [[nodiscard]] std::size_t holders() const noexcept { return held_.size(); }
  arbiter& device() noexcept { return device_; }

 protected:
  struct lease {
    lease_id id;
    fencing_token token = 0;
    share_grant grant;
    time_point deadline;
    bool parked = false;
    bool recalled = false;
    std::uint64_t bytes_used = 0;
  };

  void absorb() {
    put_into_force(out_);
    for (const auto& effect : out_) std::visit([this](const auto& e) { see(e); }, effect);
    out_.clear();
    check();
  }

  /// The device puts it into force before anybody hears of it.
  virtual void put_into_force(const sharing_effects& decided) { static_cast<void>(decided); }

  /// Null if it holds nothing.
  [[nodiscard]] const lease* lease_of(std::uint64_t agent) const {
    const auto at = held_.find(agent);
    return at == held_.end() ? nullptr : &at->second;
  }
  [[nodiscard]] const device_capacity& capacity() const noexcept { return config_.capacity; }

  arbiter_config config_;
  arbiter device_;
  sharing_effects out_;
  time_point now_{1'000s};
  std::map<std::uint64_t, lease> held_;
  std::map<std::uint64_t, time_point> waiting_;
  fencing_token highest_;
  std::map<std::uint64_t, std::set<fencing_token>> tokens_;

 private:
  void see(const share_granted& e) {
    const auto agent = e.contract.holder.value;
    RC_ASSERT(!held_.contains(agent));
    RC_ASSERT(waiting_.erase(agent) == 1U);
    put(e.contract);
  }
  void see(const share_changed& e) {
    RC_ASSERT(held_.at(e.contract.holder.value).token == e.before);
    RC_ASSERT(held_.at(e.contract.holder.value).id == e.contract.id);
    put(e.contract);
  }
  void see(const share_parked& e) {
    auto& one = held_.at(e.holder.value);
    RC_ASSERT(!one.parked);
    RC_ASSERT(one.token == e.token);
    one.parked = true;
  }
  void see(const share_recalled& e) {
    auto& one = held_.at(e.holder.value);
    RC_ASSERT(e.until <= one.deadline);
    one.deadline = e.until;
    one.recalled = true;
  }
  void see(const share_revoked& e) {
    RC_ASSERT(held_.at(e.holder.value).token == e.token);
    held_.erase(e.holder.value);
  }
  void see(const share_refused& e) { RC_ASSERT(waiting_.erase(e.holder.value) == 1U); }

  void put(const share_contract& contract) {
    RC_ASSERT(contract.token > highest_);
    highest_ = contract.token;
    auto& one = held_[contract.holder.value];
    one.id = contract.id;
    one.token = contract.token;
    one.grant = contract.granted;
    one.deadline = contract.deadline;
    one.parked = false;
    tokens_[contract.holder.value].insert(contract.token);
  }

  /// Nothing is granted twice, and what the arbiter shows is what it said.
  void check() {
    RC_ASSERT(device_.conservation(now_) == std::string{});
    std::uint64_t bytes = 0;
    std::map<std::uint32_t, share_grant> lanes;
    const auto contracts = device_.contracts();
    RC_ASSERT(contracts.size() == held_.size());
    for (const auto& contract : contracts) {
      const auto& one = held_.at(contract.holder.value);
      RC_ASSERT(contract.token == one.token);
      RC_ASSERT((contract.granted.compute_units == 0) == one.parked);
      bytes += contract.granted.memory_bytes;
      if (one.parked) continue;
      const auto& lane = lanes.emplace(contract.granted.lane, contract.granted).first->second;
      RC_ASSERT(lane.units == contract.granted.units);
    }
    RC_ASSERT(bytes <= config_.capacity.memory_bytes);
    std::set<std::uint32_t> units;
    std::uint32_t granted = 0;
    for (const auto& [lane, grant] : lanes) {
      granted += grant.compute_units;
      for (const auto unit : grant.units) RC_ASSERT(unit < config_.capacity.compute_units && units.insert(unit).second);
    }
    RC_ASSERT(granted <= config_.capacity.compute_units);
  }
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// A random history in which the holders also work on the device. The witness keeps a book of the steps that run, and of
// what the device may not let begin.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "tests/coordination/sharing/leases/arbiter_history.hpp"
#include "tests/gpu/sharing/device_side.hpp"

namespace dunlin::testing {

class device_witness final : public arbiter_witness {
 public:
  using make_side = std::unique_ptr<device_side> (*)(std::uint32_t units);

  device_witness(sharing_pattern pattern, make_side make)
      : arbiter_witness(pattern), side_(make(capacity().compute_units)) {}

  /// One of three words is about steps.
  void step(std::uint32_t word) {
    if (word % 3 == 0) return arbiter_witness::step(word / 3, true);
    const auto agent = 1 + (word / 3) % agents;
    if (running_.contains(agent))
      (word / 64) % 2 == 0 ? end(agent) : go_on(agent);
    else if ((word / 64) % 4 == 0)
      try_old_lease(agent);
    else
      begin(agent);
  }

  /// All leases have ended: what still runs ends too, and then a new holder finds the device free.
  void expect_all_free() {
    while (!running_.empty()) end(running_.begin()->first);
    for (std::uint64_t agent = 1; agent <= agents; ++agent) RC_ASSERT(!side_->begin({agent}, {}, 0));
    exchange(sharing_pattern::exclusive);
    ask(1, whole_device);
    begin(1);
    RC_ASSERT(running_.contains(1));
  }

 private:
  static constexpr std::uint32_t whole_device = 3U << 4U;  // a word for `ask`

  /// A step keeps what it has to its end, whatever is decided meanwhile.
  struct running_step {
    share_grant grant;
    bool owned = true;  ///< under the lease that its agent holds
  };

  void put_into_force(const sharing_effects& decided) override {
    side_->apply(decided);
    for (const auto& effect : decided) {
      const auto* revoked = std::get_if<share_revoked>(&effect);
      if (revoked == nullptr) continue;
      const auto runs = running_.find(revoked->holder.value);
      if (runs != running_.end()) runs->second.owned = false;
    }
  }

  void leave_device(std::uint64_t agent) override {
    side_->remove({agent});
    running_.erase(agent);
  }

  void begin(std::uint64_t agent) {
    const auto* lease = lease_of(agent);
    if (lease == nullptr) {
      RC_ASSERT(!side_->begin({agent}, {}, 7));
      return;
    }
    old_[agent].emplace_back(lease->id, lease->token);
    see_begin(agent, side_->begin({agent}, lease->id, lease->token));
  }

  void go_on(std::uint64_t agent) {
    const auto owned = running_.at(agent).owned;
    running_.erase(agent);
    const auto begun = side_->next({agent});
    if (owned) return see_begin(agent, begun);
    RC_ASSERT(!begun);  // though its agent may have another lease by now
  }

  void end(std::uint64_t agent) {
    side_->end({agent});
    running_.erase(agent);
  }

  /// A lease that is over opens nothing.
  void try_old_lease(std::uint64_t agent) {
    const auto* lease = lease_of(agent);
    for (const auto& [id, token] : old_[agent])
      if (lease == nullptr || id != lease->id) RC_ASSERT(!side_->begin({agent}, id, token));
  }

  void see_begin(std::uint64_t agent, const result<share_contract>& begun) {
    const auto* lease = lease_of(agent);
    const bool may = lease != nullptr && !lease->parked;
    if (!begun) {
      RC_ASSERT(!may || !running_.empty());  // else nothing stands in its way
      return;
    }
    RC_ASSERT(may);
    RC_ASSERT(begun->token == lease->token);
    RC_ASSERT(begun->granted == lease->grant);
    running_[agent].grant = lease->grant;
    check_units();
  }

  /// No unit has two steps. Which one a pooled step has only the device knows, but it has one.
  void check_units() const {
    std::set<std::uint32_t> named;
    std::size_t used = 0;
    for (const auto& [agent, one] : running_) {
      const auto& grant = one.grant;
      used += grant.pooled ? 1 : grant.units.empty() ? capacity().compute_units : grant.units.size();
      if (grant.pooled) continue;
      for (const auto unit : grant.units) RC_ASSERT(named.insert(unit).second);
    }
    RC_ASSERT(used <= capacity().compute_units);
  }

  std::unique_ptr<device_side> side_;
  std::map<std::uint64_t, running_step> running_;
  std::map<std::uint64_t, std::vector<std::pair<lease_id, fencing_token>>> old_;
};

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
// One holder at a time. Waiting requests are ordered by `arrival - priority × aging_step`, so that waiting counts as
// priority. A lease lives `ttl` and is renewed; a holder that may be preempted is recalled for a higher priority, any
// holder after `max_hold` once somebody waits; what is recalled ends after `grace` at the latest.
//
// Invariants: at most one lease is in force; tokens rise strictly; the queue holds at most `max_waiting`; a request
// ends by a grant or within its patience. Starvation bound: a request of priority p is served before every request that
// arrives (10 - p) × aging_step later; one holder keeps the device from others for at most max_hold + max(ttl, grace).
#pragma once

#include <memory>

#include "coordination/sharing/sharing.hpp"

namespace dunlin {

/// Which device, and how long things may take.
struct exclusive_config {
  device_id device;
  std::uint32_t compute_units = 1;  ///< what a grant gives: the whole device
  std::uint64_t memory_bytes = 0;
  enforcement compute_enforcement = enforcement::hard;
  enforcement memory_enforcement = enforcement::hard;
  fencing_token last_token = 0;  ///< the highest token the device has seen; grants go on from there
  duration ttl = 15s;
  duration grace = 2s;      ///< between a recall and its end
  duration max_hold = 60s;  ///< before a holder must make room for others
  duration aging_step = 10s;
  duration patience = 300s;  ///< for requests that name none
  std::size_t max_waiting = 10'000;
};

/// The exclusive pattern. Costs O(log waiting) per call. Thread: the owner's.
class DUNLIN_EXPORT exclusive final : public sharing {
 public:
  explicit exclusive(const exclusive_config& config);
  ~exclusive() override;

  [[nodiscard]] sharing_pattern pattern() const noexcept override { return sharing_pattern::exclusive; }
  result<void> request(const share_request& wish, time_point now, sharing_effects& out) override;
  result<time_point> renew(agent_id holder, fencing_token token, time_point now) override;
  result<void> release(agent_id holder, fencing_token token, time_point now, sharing_effects& out) override;
  void holder_lost(agent_id holder, time_point now, sharing_effects& out) override;
  result<void> revoke(agent_id holder, duration grace, const std::string& why, time_point now,
                      sharing_effects& out) override;
  void tick(time_point now, sharing_effects& out) override;
  [[nodiscard]] std::optional<time_point> next_deadline() const override;
  void on_used(agent_id holder, fencing_token token, const share_use& more) override;
  [[nodiscard]] result<share_explanation> explain(agent_id holder, time_point now) const override;
  [[nodiscard]] std::vector<share_contract> contracts() const override;
  [[nodiscard]] std::vector<lease_view> leases(time_point now) const override;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin

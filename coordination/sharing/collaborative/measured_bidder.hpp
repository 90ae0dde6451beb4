// SPDX-License-Identifier: Apache-2.0
// Bids what the measured step times say: with a deadline, what its steps need to be done in time; without one, what
// the contract asks for. A further part of the device is worth the thousandths of its time by which its work then ends
// earlier, ten times that where the deadline depends on it: so a long backlog is worth no more than a short one. It
// assumes that a step takes half as long on twice the share.
#pragma once

#include <optional>

#include "coordination/sharing/collaborative/bidder.hpp"
#include "coordination/sharing/contract/share_contract.hpp"

namespace dunlin {

class DUNLIN_EXPORT measured_bidder final : public bidder {
 public:
  measured_bidder(agent_id agent, const share_wish& wish) : agent_(agent), wish_(wish) {}

  /// A step ended that took so long, waiting for its turn included, with so much of the device.
  void on_step(duration took, std::uint32_t compute_milli);

  /// So many steps are to be done, by `deadline` if there is one.
  void set_work(std::uint64_t steps, std::optional<time_point> deadline);

  share_bid bid(const call_for_bids& call, time_point now) override;

  /// Counters if its work has changed since its bid: with less if that is enough, with more if the deadline needs it. A
  /// twentieth too little is not worth another round.
  share_answer answer(const share_offer& offer, time_point now) override;

  /// Returns how long a step would take on the whole device; 0 = nothing was measured.
  [[nodiscard]] duration step_time() const noexcept { return step_; }

 private:
  [[nodiscard]] std::uint32_t needed(time_point now) const noexcept;
  [[nodiscard]] std::uint32_t useful(time_point now) const noexcept;

  agent_id agent_;
  share_wish wish_;
  duration step_{0};
  std::optional<std::uint64_t> steps_;  ///< none = nobody has said
  std::optional<time_point> deadline_;
  std::uint32_t bid_least_ = 0;
};

}  // namespace dunlin

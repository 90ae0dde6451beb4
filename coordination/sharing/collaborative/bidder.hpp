// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/sharing/collaborative/bargain_messages.hpp"

namespace dunlin {

/// How an agent bargains. An agent may bring its own; `measured_bidder` is what the others have. Thread: the agent's.
class DUNLIN_EXPORT bidder {
 public:
  virtual ~bidder() = default;

  /// Says what the agent needs now.
  virtual share_bid bid(const call_for_bids& call, time_point now) = 0;

  /// Takes an offer, or names another share.
  virtual share_answer answer(const share_offer& offer, time_point now) = 0;
};

}  // namespace dunlin

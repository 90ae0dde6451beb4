// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <variant>

#include "actors/node/node_messages.hpp"
#include "coordination/sharing/collaborative/negotiation.hpp"

namespace dunlin {

/// Hands what a negotiation has to say on to those it is for. `asked(agent)` returns what the agent asked for, null if
/// nothing; `tell` sends. What was settled needs no word: the contracts that follow from it have been changed.
template <class Asked, class Tell>
void hand_on(const bargain_effects& said, device_id device, Asked&& asked, Tell&& tell) {
  const auto hand_to = [&](agent_id agent, const auto& words) {
    if (const share_request* request = asked(agent)) tell(bargain_request{agent, device, request->wish, words});
  };
  for (const auto& message : said) {
    if (const auto* called = std::get_if<bids_called>(&message))
      for (const auto agent : called->to) hand_to(agent, called->call);
    if (const auto* offered = std::get_if<share_offered>(&message)) hand_to(offered->offer.to, offered->offer);
  }
}

}  // namespace dunlin

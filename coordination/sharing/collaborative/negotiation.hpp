// SPDX-License-Identifier: Apache-2.0
// One bargaining after the other over the compute of one device: a call for bids, then rounds of offers that each party
// accepts or counters, then a settlement.
//
// An offer meets needs by weighted dominant-resource fairness and gives what is left to whom it is worth most. Who
// counters with less leaves the rest to others; who counters with more says what that is worth. Once nobody counters,
// the offer is the settlement. If somebody still does after the last round, values no longer count: everything is
// divided fairly by what was claimed last, and what cannot be split goes to the oldest.
//
// Invariants: an allotment is never more than its party claims, their sum never more than the device, and nothing is
// left while somebody claims more; nobody gets less than it keeps unless its own bid or answer says so; whoever
// counters to the end gets what the fair division gives it. A settlement comes at most `bid_within + rounds ×
// answer_within` after the call, whoever is silent: a party without a bid is taken at its contract, one without an
// answer has accepted. Messages of strangers, of older calls or rounds, and out of turn change nothing.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "coordination/result.hpp"
#include "coordination/sharing/collaborative/bargain_messages.hpp"
#include "coordination/sharing/collaborative/fair_division.hpp"
#include "coordination/sharing/patterns/share_rule.hpp"

namespace dunlin {

/// One that takes part.
struct party {
  agent_id agent;
  share_wish wish;  ///< what its contract asks for
  share_class stands_as = share_class::guaranteed;
  std::uint32_t kept_milli = 0;             ///< of its allotment, while its min-hold lasts
  std::uint32_t credibility_milli = 1'000;  ///< its claims count for so much
};

struct bargain_terms {
  std::uint32_t rounds = 3;
  duration bid_within = 50ms;
  duration answer_within = 50ms;
  std::size_t most_parties = 1'000;
};

struct bids_called {
  call_for_bids call;
  std::vector<agent_id> to;
};

struct share_offered {
  share_offer offer;
};

struct bargain_settled {
  std::uint64_t call = 0;
  std::vector<allotment> allotments;  ///< oldest party first
  bool agreed = false;                ///< false: divided fairly, because somebody still wanted something else
  std::uint32_t rounds = 0;           ///< of offers
  std::vector<agent_id> silent;       ///< sent no bid
  std::optional<time_point> review;   ///< the first deadline of a bid: then somebody needs less
};

using bargain_effect = std::variant<bids_called, share_offered, bargain_settled>;
using bargain_effects = std::vector<bargain_effect>;

/// Thread: the owner's.
class DUNLIN_EXPORT negotiation {
 public:
  /// `last_call`: of the one whose place it takes, so that its messages are told apart from older ones.
  negotiation(const device_capacity& capacity, const bargain_terms& terms, std::uint64_t last_call = 0);

  /// Calls for bids. Errors: conflict (one is under way), invalid_argument (nobody, an agent twice, kept more than the
  /// device), overloaded (too many).
  result<void> open(const std::vector<party>& oldest_first, time_point now, bargain_effects& out);

  /// Errors: not_holder (a stranger), fenced_off (an older call), conflict (has bid, or bids are closed), expired (its
  /// deadline has passed), invalid_argument (a call or figures that cannot be).
  result<void> on_bid(const share_bid& bid, time_point now, bargain_effects& out);

  /// Errors: not_holder (a stranger), fenced_off (an older call or round), conflict (has answered, or nothing is
  /// offered), invalid_argument (a round or figures that cannot be).
  result<void> on_answer(const share_answer& answer, time_point now, bargain_effects& out);

  /// The agent is gone: the others go on without it.
  void party_lost(agent_id agent, time_point now, bargain_effects& out);

  /// Does what is due: whoever has not answered is not waited for any longer.
  void tick(time_point now, bargain_effects& out);

  [[nodiscard]] std::optional<time_point> next_deadline() const;
  [[nodiscard]] bool under_way() const noexcept { return stage_ != stage::idle; }
  [[nodiscard]] std::uint64_t last_call() const noexcept { return call_; }

 private:
  enum class stage { idle, bidding, offering };

  /// A party and what it has said.
  struct seat {
    party who;
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    std::vector<std::uint32_t> values = {};
    std::optional<time_point> deadline = {};
    std::uint32_t offered = 0;
    bool has_bid = false;
    bool heard = false;  ///< in this round
    std::optional<share_answer> counter = {};
  };

  [[nodiscard]] result<seat*> seat_of(agent_id agent, std::uint64_t call);
  void go_on_if_all_are_heard(time_point now, bargain_effects& out);
  void close_round(time_point now, bargain_effects& out);
  void make_offers(time_point now, bargain_effects& out);
  void settle(const std::vector<std::uint32_t>& amounts, bool agreed, bargain_effects& out);
  void begin(stage next, time_point until);
  static void take_counter(seat& from);
  [[nodiscard]] std::vector<fair_claim> claims() const;
  [[nodiscard]] std::vector<std::uint32_t> best_offers() const;
  [[nodiscard]] std::vector<std::uint32_t> fair_shares() const;

  device_capacity capacity_;
  bargain_terms terms_;
  std::uint64_t call_ = 0;
  std::uint32_t round_ = 0;
  stage stage_ = stage::idle;
  time_point until_{};
  std::vector<seat> seats_;  ///< oldest first
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// One device as its coordinator runs it: who holds it is the arbiter's business; while it is shared collaboratively,
// those that hold it or wait for it bargain, and what they settle is in force from then on.
//
// A negotiation is called when somebody comes or goes, when a deadline of a bid passes, and for those that starve, but
// at most once in `talk_every`; one alone has nothing to bargain about. Agents of low priority (1-3) stand as
// opportunistic. While the device has another pattern nobody talks, and what was said before is forgotten.
//
// In automatic mode the pattern is chosen while somebody holds the device or waits for it; it begins with the pattern
// in force if somebody does, and ends when an operator names one.
#pragma once

#include <optional>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/automatic/automatic_mode.hpp"
#include "coordination/sharing/collaborative/negotiation.hpp"
#include "coordination/sharing/collaborative/party_book.hpp"
#include "coordination/sharing/patterns/share_options.hpp"

namespace dunlin {

struct device_terms {
  bargain_terms bargain;
  party_terms parties;
  duration talk_every = 100ms;  ///< between the begins of two negotiations
  chooser_terms choice;         ///< of automatic mode, except its options
};

/// To be performed in this order: leases, then messages. Appended to, never cleared by the decision object.
struct device_effects {
  sharing_effects leases;
  bargain_effects messages;  ///< `bids_called` and `share_offered` go to agents; `bargain_settled` is done already
  [[nodiscard]] bool empty() const noexcept { return leases.empty() && messages.empty(); }
  void clear() noexcept {
    leases.clear();
    messages.clear();
  }
};

/// Thread: the owner's.
class DUNLIN_EXPORT device_sharing {
 public:
  /// Exclusive at first.
  explicit device_sharing(const arbiter_config& config, const device_terms& terms = {});

  /// Errors: as `coordinate`.
  [[nodiscard]] result<void> check(const share_options& options, time_point now) const;

  /// Shares the device so from now on, or as it is chosen if `options` name no pattern. Errors: as `check_options`, and
  /// conflict (a reservation could not be met);
  /// nothing has changed.
  result<void> coordinate(const share_options& options, time_point now, device_effects& out);

  // Errors of these: as the arbiter's.
  result<void> request(const share_request& asked, time_point now, device_effects& out);
  result<void> adopt(const share_request& held, fencing_token before, time_point now, device_effects& out);
  result<void> release(agent_id holder, fencing_token token, time_point now, device_effects& out);
  void holder_lost(agent_id holder, time_point now, device_effects& out);
  result<time_point> renew(agent_id holder, fencing_token token, time_point now) {
    return leases_.renew(holder, token, now);
  }
  result<void> lend(agent_id holder, std::uint8_t priority, time_point now, device_effects& out) {
    return leases_.lend(holder, priority, now, out.leases);
  }
  result<void> reserve(const share_reservation& wanted, time_point now, device_effects& out) {
    return leases_.reserve(wanted, now, out.leases);
  }
  result<void> hand_over(agent_id from, agent_id to, time_point now, device_effects& out) {
    return leases_.hand_over(from, to, now, out.leases);
  }
  result<void> cancel_reservation(agent_id agent, time_point now, device_effects& out) {
    return leases_.cancel_reservation(agent, now, out.leases);
  }
  void on_used(agent_id holder, fencing_token token, const share_use& more);
  void set_enforcement(enforcement how, std::string why) { leases_.set_enforcement(how, std::move(why)); }

  // Errors of these: as the negotiation's, and not_supported (the device is not shared collaboratively).
  result<void> on_bid(const share_bid& bid, time_point now, device_effects& out);
  result<void> on_answer(const share_answer& answer, time_point now, device_effects& out);

  /// Does whatever is due.
  void tick(time_point now, device_effects& out);
  [[nodiscard]] std::optional<time_point> next_deadline() const;

  /// Returns what observers see: as `arbiter::view`, and why automatic mode has chosen so.
  [[nodiscard]] sharing_view view(time_point now, std::size_t most) const;

  [[nodiscard]] const arbiter& leases() const noexcept { return leases_; }

  /// The negotiation that was settled last under this pattern; none if there was none.
  [[nodiscard]] const std::optional<bargain_settled>& last_settlement() const noexcept { return settled_; }

 private:
  [[nodiscard]] bool talks() const noexcept { return leases_.pattern() == sharing_pattern::collaborative; }
  [[nodiscard]] result<std::unique_ptr<share_rule>> rule_for(const share_options& options, time_point now) const;
  result<void> begin_automatic(const share_options& options, sharing_pattern first, time_point now);
  void choose_if_due(time_point now, device_effects& out);
  [[nodiscard]] std::optional<time_point> next_choice() const;
  void share_by(std::unique_ptr<share_rule> rule, time_point now, device_effects& out);
  void forget_talk();
  void forget_who_left(std::size_t from, time_point now, device_effects& out);
  void forget(agent_id agent, time_point now, device_effects& out);
  void call_for_talk(time_point now, device_effects& out);
  void talk_if_due(time_point now, device_effects& out);
  void take_settlements(time_point now, device_effects& out);
  [[nodiscard]] std::vector<party> parties(time_point now);

  device_capacity capacity_;
  device_terms terms_;
  arbiter leases_;
  negotiation talk_;
  party_book parties_;
  std::optional<time_point> due_;  ///< of the next negotiation
  std::optional<time_point> called_at_;
  std::optional<bargain_settled> settled_;
  std::optional<automatic_mode> automatic_;  ///< none = the pattern was named
};

}  // namespace dunlin

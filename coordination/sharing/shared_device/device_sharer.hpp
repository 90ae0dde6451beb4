// SPDX-License-Identifier: Apache-2.0
// A process that works on a device whose home may be another process: what its agents want and have, what it may do
// now, and which home it obeys.
//
// It goes by what a home of its epoch or a later one says. What it was told holds until `tenure` after it sent the
// message that the home had heard by then: from there on no step begins, but nothing is given up, and with the next
// word of the home it goes on. An agent whose lease the home no longer knows stands between two steps and waits for a
// new one.
//
// Invariants: no step begins after the tenure, under an older epoch's word or without a turn; what it reports as over
// is over.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/collaborative/negotiation.hpp"
#include "coordination/sharing/shared_device/shared_messages.hpp"

namespace dunlin {

struct sharer_config {
  std::string name;  ///< of the device, in all processes
  device_id device;  ///< its number in this one
  duration ttl = 15s;
};

/// To be performed in this order. Appended to, never cleared by the decision object.
struct sharer_effects {
  sharing_effects leases;           ///< for the gate and for the agents, as in a process that is its own home
  std::vector<lane_permit> opened;  ///< for the gate
  std::vector<fencing_token> closed;
  std::optional<time_point> valid_until;  ///< no step begins from then on
  std::optional<share_options> options;   ///< the device is shared so now
  bargain_effects messages;               ///< for the agents
  void clear() { *this = {}; }
};

/// Thread: the owner's.
class DUNLIN_EXPORT device_sharer {
 public:
  explicit device_sharer(const sharer_config& config) : config_(config) {}

  /// An agent wants a share. Errors: conflict (it wants or has one).
  result<void> ask(const share_request& wanted, time_point now);

  /// It wants none any more, and its last step has ended. Nothing happens if it is a stranger.
  void give_back(agent_id agent);

  /// It has a step to run or runs one, or not.
  void set_at_work(agent_id agent, bool at_work);
  void on_used(agent_id agent, const share_use& more);
  void bid(const share_bid& made);
  void answer(const share_answer& made);

  /// The gate has ended a turn: no step of it runs.
  void on_spent(const spent_permit& turn);

  /// How this process keeps its agents to their units; `why` if it is no more than advisory.
  void set_enforcement(enforcement how, std::string why);

  /// The leader named the device's home, and the number under which that knows this process. Errors: fenced_off (an
  /// older one than is known).
  result<void> obey(std::uint32_t epoch, sharer_id as);

  /// Errors: fenced_off (of an older epoch).
  result<void> on_state(const home_state& told, time_point now, sharer_effects& out);

  /// Does whatever is due.
  void tick(time_point now, sharer_effects& out);
  [[nodiscard]] time_point next_deadline() const;

  /// Returns the message to the home that is due; none if there is nothing to say.
  std::optional<sharer_state> take_state(time_point now);

  /// Returns true if the agent's lease may have been given to somebody else since the tenure ended.
  [[nodiscard]] bool is_in_doubt(agent_id agent) const;

  /// Returns what the agent asked for; null if it has no seat.
  [[nodiscard]] const share_request* asked(agent_id agent) const;

  [[nodiscard]] std::uint32_t epoch() const noexcept { return epoch_; }
  [[nodiscard]] time_point valid_until() const noexcept { return valid_until_; }

 private:
  struct seat {
    sharer_seat said;
    share_request asked;
    lease_id lease;  ///< 0 = never had one
    seat_state state = seat_state::waiting;
    std::uint64_t since = 0;  ///< the first message that names it
  };
  struct turn {
    sharer_turn said;
    std::uint64_t since = 0;  ///< the first message that says that it is over; 0 = it is not, or none does yet
  };

  [[nodiscard]] time_point end_of(const home_state& told) const;
  [[nodiscard]] duration pause_after_report() const;
  void prolong(time_point until, sharer_effects& out);
  void follow_seat(seat& one, const home_seat& told, time_point now, sharer_effects& out);
  void lose_seat(seat& one, sharer_effects& out);
  void end_seat(seat& one, const home_seat& told, sharer_effects& out);
  void follow_turns(const home_state& told, sharer_effects& out);
  void follow_bargain(const home_state& told, sharer_effects& out);
  [[nodiscard]] share_contract contract_of(const seat& one, const home_seat& told, time_point now) const;

  sharer_config config_;
  sharer_id self_;
  std::uint32_t epoch_ = 0;
  std::uint64_t sequence_ = 0;
  std::uint64_t heard_ = 0;
  std::uint64_t answered_ = 0;                             ///< the newest sequence of this one's that a home has heard
  std::deque<std::pair<std::uint64_t, time_point>> sent_;  ///< newest last
  time_point valid_until_{};
  bool lapsed_ = true;
  bool news_ = true;
  sharing_mode mode_;
  std::map<agent_id, seat> seats_;
  std::map<fencing_token, turn> turns_;
  std::uint64_t last_request_ = 0;
  std::uint64_t last_lease_ = 0;
  std::uint64_t call_ = 0;
  std::map<agent_id, std::uint32_t> rounds_;  ///< of that call, that were handed on
  enforcement kept_ = enforcement::cooperative;
  std::string kept_why_;
  std::vector<share_bid> bids_;
  std::vector<share_answer> answers_;
};

}  // namespace dunlin

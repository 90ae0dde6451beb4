// SPDX-License-Identifier: Apache-2.0
// Private to the arbiter: what its calls have in common.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/leases/future_room.hpp"
#include "coordination/sharing/leases/lease_book.hpp"
#include "coordination/sharing/leases/priority_book.hpp"
#include "coordination/sharing/leases/reservation_book.hpp"
#include "coordination/sharing/leases/wait_queue.hpp"

namespace dunlin {

std::string agent_text(agent_id agent);
std::string milliseconds_text(duration time);

class arbiter_core {
 public:
  arbiter_core(const arbiter_config& wanted, std::unique_ptr<share_rule> first);
  arbiter_core(const arbiter_core& other);

  /// Does whatever is due: ends what is over, serves the queue.
  void advance(time_point now, sharing_effects& out);

  /// Leases, patience, boosts, reservations.
  void end_what_is_over(time_point now, sharing_effects& out);

  void enqueue(const share_request& asked, time_point gives_up, time_point now);

  /// Takes a request out of the queue that is nobody's who holds; returns whether there was one.
  bool give_up(agent_id holder);

  /// Something that raises or lowers the agent's priority has begun or ended.
  void rank_anew(agent_id who, time_point now);

  /// Grants what fits, in the order of the queue, and lets holders make room for the first that does not.
  void serve(time_point now, sharing_effects& out);

  /// Errors: infeasible, conflict, overloaded.
  [[nodiscard]] result<void> check_room(const share_reservation& wanted, time_point now) const;

  /// Errors: not_found, conflict.
  result<void> hand_over(agent_id from, agent_id to);

  /// Ends a reservation, whether anybody holds by it or not; returns whether there was one.
  bool end_reservation(agent_id agent);

  /// Its agent has given back what it held by it.
  void reopen_reservation(agent_id agent, time_point now);

  /// Errors: conflict (a reservation does not fit under it).
  [[nodiscard]] result<void> check_rule(const share_rule& next, time_point now) const;

  /// Places every holder by another rule; parks those that do not fit.
  void exchange(std::unique_ptr<share_rule> next, time_point now, sharing_effects& out);

  /// Opens a lease that there was before, under a higher token.
  void adopt(const share_request& held, fencing_token before, time_point now, sharing_effects& out);

  held_lease close(agent_id holder);
  void end_lease(agent_id holder, error why, sharing_effects& out);
  void recall(agent_id holder, time_point until, const std::string& why, sharing_effects& out);

  [[nodiscard]] share_explanation explain_holder(agent_id holder, time_point now) const;
  [[nodiscard]] share_explanation explain_waiting(agent_id holder, time_point now) const;
  [[nodiscard]] share_explanation explain_reserved(agent_id agent, time_point now) const;
  [[nodiscard]] share_contract contract_of(const held_lease& lease) const;
  void add_to(fingerprint& out) const;

  arbiter_config config;
  std::unique_ptr<share_rule> rule;
  wait_queue queue;
  lease_book book;
  priority_book priorities;
  reservation_book reservations;
  time_point served_at{};
  std::string enforcement_note;

 private:
  void expire(time_point now, sharing_effects& out);
  void refuse_impatient(time_point now, sharing_effects& out);
  void end_reservations(time_point now);
  void place_anew(time_point now, sharing_effects& out);
  [[nodiscard]] future_room room(time_point now) const { return {config, book, reservations, *rule, now}; }
  void recall_for_reservations(time_point now, sharing_effects& out);
  void serve_reserved(time_point now, sharing_effects& out);
  bool claim(const share_reservation& what, time_point now, sharing_effects& out);
  [[nodiscard]] bool may_be_served(const waiting_request& one, time_point now) const;
  [[nodiscard]] const waiting_request* first_in_queue(time_point now) const;
  [[nodiscard]] const waiting_request* next(time_point now) const;
  bool grant(const waiting_request& next, time_point now, sharing_effects& out);
  void announce_regrants(time_point now, sharing_effects& out);

  bool make_room(const waiting_request& wanted, time_point now, sharing_effects& out);
  [[nodiscard]] bool still_blocked(agent_id wanted, time_point now) const;
  void note_blocked(agent_id wanted, time_point now);
  void park(agent_id holder, std::string why, time_point now, sharing_effects& out);

  /// Who was next when nobody could make room, and what the leases were then.
  struct blocked_request {
    agent_id who;
    fencing_token token = 0;
    std::size_t leases = 0;
    time_point until = time_point::max();  ///< when a holder has held long enough
  };

  std::vector<regrant> regrants_;
  blocked_request blocked_;
};

}  // namespace dunlin

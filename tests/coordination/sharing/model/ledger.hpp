// SPDX-License-Identifier: Apache-2.0
// What the arbiter of one device has said, kept apart from it, with the promises that follow from that.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "tests/coordination/sharing/model/plan.hpp"

namespace dunlin::model {

/// Thread: the owner's. `wrong` is empty as long as every promise was kept.
class ledger {
 public:
  explicit ledger(const setting& device) : capacity_(capacity_of(device)), pattern_(device.pattern) {}

  struct lease {
    fencing_token token = 0;  ///< 0 = holds nothing
    share_grant grant;
    time_point deadline{};
    time_point hold_end{};
    time_point since{};       ///< arrival of the request
    std::uint64_t order = 0;  ///< of its grant
    bool parked = false;
    bool recalled = false;
  };

  /// `switching`: the effects come from an exchange of rules, in which a holder that is parked keeps its arrival.
  void see(const sharing_effect& effect, time_point now, bool switching);

  void asked(std::size_t agent, time_point now);
  void gave_up(std::size_t agent) { places_.at(agent).waits = false; }
  void released(std::size_t agent);
  void renewed(std::size_t agent, time_point deadline) { leases_.at(agent).deadline = deadline; }
  void switched(std::size_t pattern) {
    pattern_ = pattern;
    settled_.clear();
  }
  void settled(const std::vector<allotment>& allotments) { settled_ = allotments; }

  /// The arbiter has just done all that was due.
  void served(time_point now) { served_at_ = now; }

  [[nodiscard]] const lease& of(std::size_t agent) const { return leases_.at(agent); }
  [[nodiscard]] bool holds(std::size_t agent) const { return leases_.at(agent).token != 0; }
  [[nodiscard]] bool waits(std::size_t agent) const { return places_.at(agent).waits && !holds(agent); }
  [[nodiscard]] std::size_t pattern() const noexcept { return pattern_; }

  /// Compares with the arbiter, and looks for whoever waits in vain.
  void check(const arbiter& shares, time_point now);

  /// What is wrong, in words.
  std::string wrong;

 private:
  /// A place in the queue: of one who asked, or of a holder that is parked.
  struct place {
    bool waits = false;
    time_point since{};
    time_point gives_up = time_point::max();
    std::uint64_t arrival = 0;
  };

  void accuse(const std::string& what) {
    if (wrong.empty()) wrong = what;
  }
  void put(const share_contract& contract, time_point now);
  void enqueue(std::size_t agent, time_point since, time_point gives_up);
  void see_granted(const share_granted& e, time_point now);
  void see_changed(const share_changed& e, time_point now);
  void see_parked(const share_parked& e, time_point now, bool switching);
  void see_revoked(const share_revoked& e, time_point now, bool switching);

  [[nodiscard]] std::optional<std::size_t> front(std::optional<std::size_t> without = std::nullopt) const;
  [[nodiscard]] bool is_next(std::size_t agent) const { return front() == agent || front(newcomer_) == agent; }
  [[nodiscard]] std::vector<std::size_t> in_force() const;
  [[nodiscard]] std::uint64_t bytes_free() const;
  [[nodiscard]] bool is_before(std::size_t one, std::size_t other) const;
  [[nodiscard]] std::optional<std::size_t> in_the_way() const;
  [[nodiscard]] std::unique_ptr<share_rule> rule_as_granted() const;
  void check_contracts(const arbiter& shares);
  void check_units();
  void check_next_deadline(const arbiter& shares, time_point now);
  void check_front(time_point now);
  void check_who_may_go(const share_rule& rule, std::size_t next, time_point now);

  device_capacity capacity_;
  std::array<lease, agent_count> leases_;
  std::array<place, agent_count> places_;
  std::size_t pattern_ = 0;
  std::vector<allotment> settled_;  ///< under this pattern
  fencing_token highest_ = 0;
  std::uint64_t count_ = 0;
  time_point served_at_{};
  std::optional<std::size_t> newcomer_;  ///< asks just now; what was due is done before it is in the queue
};

}  // namespace dunlin::model

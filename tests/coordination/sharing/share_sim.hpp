// SPDX-License-Identifier: Apache-2.0
// One shared device in virtual time: an arbiter, the turns of its steps, and agents that work in steps.
#pragma once

#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/step_turns.hpp"

namespace dunlin::sim {

/// An agent that holds a share as long as it has steps to run.
struct sim_agent {
  share_wish wish = {};
  std::uint8_t priority = 5;
  duration step = 1ms;
  std::uint64_t steps = ~std::uint64_t{0};
};

class share_sim {
 public:
  share_sim(const arbiter_config& config, std::unique_ptr<share_rule> rule, const turn_terms& terms = {});

  /// Lets an agent ask for its share now. Its id is the number of agents so far.
  agent_id add(const sim_agent& wanted);

  void exchange(std::unique_ptr<share_rule> rule);
  void settle(std::span<const allotment> allotments);
  void run_for(duration time);

  /// What was seen of one agent.
  struct seen {
    duration busy{0};
    duration longest_wait{0};  ///< between two of its steps
    std::uint64_t steps = 0;
    std::uint64_t failures = 0;  ///< leases lost
    fencing_token token = 0;
    share_grant grant;
    bool parked = false;
    bool done = false;
  };
  [[nodiscard]] const seen& of(agent_id agent) const { return agents_.at(agent).seen; }
  [[nodiscard]] time_point now() const noexcept { return now_; }
  [[nodiscard]] arbiter& device() noexcept { return device_; }
  [[nodiscard]] step_turns& turns() noexcept { return turns_; }

  /// Forgets what was seen of busy and waiting times.
  void begin_measuring();

 private:
  struct one_agent {
    sim_agent plan;
    share_sim::seen seen;
    time_point last_end{};
  };

  struct step_end {
    time_point at;
    std::uint64_t order;
    agent_id agent;
    bool operator>(const step_end& other) const noexcept {
      return at != other.at ? at > other.at : order > other.order;
    }
  };

  void perform();
  void see(const share_granted& e);
  void see(const share_changed& e);
  void see(const share_parked& e);
  void see(const share_recalled&) {}
  void see(const share_revoked& e);
  void see(const share_refused&) {}
  void begin_steps();
  void end_step(agent_id agent);
  void tick();

  arbiter device_;
  step_turns turns_;
  duration renew_every_;
  time_point now_{1'000s};
  time_point renewed_{1'000s};
  std::uint64_t order_ = 0;
  sharing_effects out_;
  std::map<agent_id, one_agent> agents_;
  std::priority_queue<step_end, std::vector<step_end>, std::greater<>> ends_;
};

}  // namespace dunlin::sim

// SPDX-License-Identifier: Apache-2.0
// One shared device in virtual time: an arbiter, the turns of its steps, and agents that work in steps.
#pragma once

#include <map>
#include <memory>
#include <queue>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/automatic/demand_meter.hpp"
#include "coordination/sharing/turns/step_turns.hpp"

namespace dunlin::sim {

/// What an agent does under one lease.
struct sim_job {
  duration after{0};  ///< since the end of the job before
  std::uint64_t steps = 1;
};

/// An agent that holds a share as long as it has steps to run.
struct sim_agent {
  share_wish wish = {};
  std::uint8_t priority = 5;
  duration step = 1ms;
  std::uint64_t steps = ~std::uint64_t{0};
  std::uint32_t width = 0;  ///< units that a step can use, `step` is its time on one; 0 = it takes as long on any
  std::vector<sim_job> jobs = {};  ///< one after the other; none = one of `steps`, at once
};

class share_sim {
 public:
  share_sim(const arbiter_config& config, std::unique_ptr<share_rule> rule, const turn_terms& terms = {});

  /// Lets an agent ask for its share now. Its id is the number of agents so far.
  agent_id add(const sim_agent& wanted);

  /// Lets whoever meters what agents want see what they do. Valid as long as this.
  void watch(demand_meter* meter) { meter_ = meter; }

  /// A step takes so much longer on a unit on which another agent's step was before it.
  void set_hand_over(duration time) { hand_over_ = time; }

  void exchange(std::unique_ptr<share_rule> rule, const turn_terms& terms = {});
  void settle(std::span<const allotment> allotments);
  void run_for(duration time);

  /// Nobody begins another job.
  void close() { closed_ = true; }

  /// True once nobody has a job.
  [[nodiscard]] bool is_idle() const;

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
    duration wanted{0};   ///< with a job, of those that have ended
    double alone_ns = 0;  ///< what its steps would have taken on a device of its own, where it says its width
  };
  [[nodiscard]] const seen& of(agent_id agent) const { return agents_.at(agent).seen; }
  [[nodiscard]] const sim_agent& plan_of(agent_id agent) const { return agents_.at(agent).plan; }

  /// Returns for how long it has had a job.
  [[nodiscard]] duration wanted(agent_id agent) const {
    const auto& one = agents_.at(agent);
    return one.seen.wanted + (one.has_job ? now_ - one.asked_at : duration{0});
  }
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
    std::size_t job = 0;
    std::uint64_t job_steps = 0;  ///< that ran of this job
    bool has_job = false;
    time_point asked_at{};
    duration step{0};  ///< of the one that runs
  };

  struct sim_event {
    time_point at;
    std::uint64_t order;
    agent_id agent;
    bool is_job;  ///< begins; else a step ends
    bool operator>(const sim_event& other) const noexcept {
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
  void ask(agent_id agent);
  void end_step(agent_id agent);
  void end_job(agent_id agent);
  [[nodiscard]] duration step_of(agent_id agent);
  void tick();

  arbiter device_;
  step_turns turns_;
  duration renew_every_;
  time_point now_{1'000s};
  time_point renewed_{1'000s};
  std::uint64_t order_ = 0;
  sharing_effects out_;
  std::map<agent_id, one_agent> agents_;
  std::priority_queue<sim_event, std::vector<sim_event>, std::greater<>> events_;
  std::vector<agent_id> last_on_;  ///< by unit
  duration hand_over_{0};
  demand_meter* meter_ = nullptr;
  bool closed_ = false;
};

}  // namespace dunlin::sim

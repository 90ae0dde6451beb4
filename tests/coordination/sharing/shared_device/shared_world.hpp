// SPDX-License-Identifier: Apache-2.0
// Processes that share one device, in virtual time: a leader that appoints the device's home, a link that delays,
// overtakes and loses messages, processes that end, stop and go on, and agents that work in steps. What must never
// happen is checked at each step that begins.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "coordination/sharing/shared_device/device_homes.hpp"
#include "coordination/sharing/shared_device/shared_device.hpp"
#include "coordination/sharing/turns/step_turns.hpp"

namespace dunlin::sim {

/// What an agent does under one lease.
struct world_job {
  share_wish wish = {};
  std::uint8_t priority = 5;
  std::uint64_t steps = 1;
  duration step = 2ms;
  duration think{0};  ///< between two steps
};

struct world_options {
  std::uint32_t units = 4;
  std::uint64_t bytes = 1'000;
  duration ttl = 200ms;
  duration grace = 20ms;  ///< no step is longer
  duration fastest = 100us;
  duration slowest = 3ms;  ///< of the link; messages overtake each other
  duration max_hold = 1'000s;
  bool preemptible = false;  ///< whoever holds makes room for a higher priority
  std::uint32_t seed = 1;
};

class shared_world {
 public:
  static constexpr const char* device_name = "cpu";

  explicit shared_world(const world_options& options = {});

  // -- what happens

  /// Starts one more process. Returns its number.
  std::uint64_t start();

  /// It ends at once, with all that it had; the leader sees that it is gone.
  void kill(std::uint64_t process);

  /// It stands still; the leader finds it silent after a while.
  void pause(std::uint64_t process);
  void resume(std::uint64_t process);

  /// It and the leader do not hear each other; the other processes hear both. Or they do again.
  void cut_off(std::uint64_t process, bool is_cut);

  /// Of so many messages in 1 000 the next ones are lost.
  void lose(std::uint32_t permille) { lost_permille_ = permille; }
  void coordinate(const share_options& options) { order_again_ = options; }

  /// Another leader takes over, which knows of nobody until it hears of him.
  void restart_leader();

  /// An agent of the process asks; returns its number there.
  agent_id add(std::uint64_t process, const world_job& job);
  void run_for(duration time);

  // -- what is seen

  [[nodiscard]] time_point now() const noexcept { return now_; }
  [[nodiscard]] std::vector<std::uint64_t> living() const;
  [[nodiscard]] std::size_t processes() const noexcept { return processes_.size(); }

  /// Why an agent lost its lease or was refused; empty if none was.
  [[nodiscard]] std::string first_failure() const;
  [[nodiscard]] bool is_cut_off(std::uint64_t process) const { return processes_.at(process)->cut_off; }
  [[nodiscard]] bool is_paused(std::uint64_t process) const { return processes_.at(process)->paused; }

  /// True once no agent of a living process has a job.
  [[nodiscard]] bool is_idle() const;
  /// The process that is the home; 0 if there is none.
  [[nodiscard]] std::uint64_t home() const;

  /// Counts the homes of this leader.
  [[nodiscard]] std::uint32_t epoch() const;
  [[nodiscard]] const device_home* home_object() const;

  struct seen {
    std::uint64_t steps = 0;
    duration busy{0};
    std::uint64_t failures = 0;  ///< leases lost and wishes refused
    error failure;
    fencing_token token = 0;
    share_grant grant;
    bool parked = false;
    bool done = false;
    time_point last_begun{};
  };
  [[nodiscard]] const seen& of(std::uint64_t process, agent_id agent) const;

  /// What went wrong, in words; empty if nothing did.
  [[nodiscard]] const std::string& broken() const noexcept { return broken_; }

 private:
  struct one_agent {
    world_job job;
    shared_world::seen seen;
    bool holds = false;  ///< has a contract
    bool runs = false;   ///< a step
    bool lost = false;   ///< gives its seat back when its step has ended
    duration began_with{0};
  };
  struct process {
    std::uint64_t number = 0;
    bool alive = true;
    bool paused = false;
    bool cut_off = false;
    time_point changed_at{};  ///< when it ended, stood still or was cut off
    shared_device device;
    step_turns turns;
    std::map<agent_id, one_agent> agents;
    std::uint64_t last_agent = 0;
    std::vector<std::function<void()>> held_up;  ///< what came while it stood still
    std::optional<time_point> wakes_at;
  };
  struct event {
    time_point at;
    std::uint64_t order;
    std::function<void()> what;
    bool operator>(const event& other) const noexcept { return at != other.at ? at > other.at : order > other.order; }
  };
  struct occupant {
    std::uint64_t process;
    agent_id agent;
  };

  void at(time_point when, std::function<void()> what);
  void send(std::uint64_t to, std::function<void(process&)> what);
  void into(std::uint64_t to, const std::function<void(process&)>& what);
  [[nodiscard]] duration delay();

  void lead();
  [[nodiscard]] bool suspects(const process& one) const;
  void join(std::uint64_t number);
  void beat(process& one);
  void answer_beat(std::uint64_t of, time_point sent);

  void pump(process& one);
  void advance(process& one);
  void wake_in_time(process& one);
  void perform(process& one, shared_effects& out);
  void perform(process& one, sharer_effects& out);
  void see(process& one, const share_granted& e);
  void see(process& one, const share_changed& e);
  void see(process& one, const share_parked& e);
  void see(process&, const share_recalled&) {}
  void see(process& one, const share_revoked& e);
  void see(process& one, const share_refused& e);
  void begin_steps(process& one);
  void end_step(process& one, agent_id agent);
  void arrive(process& one, agent_id agent);
  void end_job(process& one, agent_id agent);
  void note_token(process& one, agent_id agent, fencing_token token);
  void check_units(const process& one, agent_id agent);
  void check_bytes();
  void wrong(const std::string& what);

  world_options options_;
  std::mt19937 random_;
  time_point now_{1'000s};
  std::uint64_t order_ = 0;
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::map<std::uint64_t, std::unique_ptr<process>> processes_;
  std::uint32_t term_ = 1;
  device_homes homes_;
  std::optional<share_options> order_again_;  ///< what operators are to tell the leader
  std::set<std::uint64_t> joined_;            ///< of whom the leader has heard
  std::uint32_t lost_permille_ = 0;
  std::vector<std::vector<occupant>> on_unit_;
  std::map<fencing_token, std::pair<std::uint64_t, agent_id>> tokens_;
  std::string broken_;
};

}  // namespace dunlin::sim

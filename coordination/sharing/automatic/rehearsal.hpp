// SPDX-License-Identifier: Apache-2.0
// Private to the forecast: one device and its agents in virtual time. Several steps that an agent would run in a row
// are played as one; it is cut short, between two of them, when somebody else comes.
#pragma once

#include <memory>
#include <queue>
#include <span>
#include <vector>

#include "coordination/sharing/automatic/forecast.hpp"
#include "coordination/sharing/turns/step_turns.hpp"

namespace dunlin {

class rehearsal {
 public:
  rehearsal(device_demand demand, std::unique_ptr<share_rule> rule, const turn_terms& turns,
            const forecast_terms& terms, duration ahead);

  /// Plays at most so many events more, at least one. Returns true at the end of the play.
  bool play(std::uint64_t events);
  [[nodiscard]] std::uint64_t played() const noexcept { return played_; }
  [[nodiscard]] std::span<const job_progress> progress() const noexcept { return progress_; }

 private:
  struct player {
    const agent_demand* demand = nullptr;
    std::uint64_t steps_left = 0;
    fencing_token token = 0;
    bool has_job = false;
    bool has_to_go = false;  ///< recalled, or its lease has ended: asks again after its step
    time_point since{};      ///< of the job
    // of the steps that run
    time_point begun{};
    duration step{0};
    std::uint64_t steps = 0;
    std::uint64_t run = 0;  ///< number of these steps among all: an event of an earlier number is void
  };

  struct event {
    time_point at;
    std::uint64_t order;
    std::size_t player;
    std::uint64_t run;  ///< whose end it is; 0 = the player has a job
    bool operator>(const event& other) const noexcept { return at != other.at ? at > other.at : order > other.order; }
  };

  [[nodiscard]] std::size_t index_of(agent_id agent) const { return agent.value - 1; }
  [[nodiscard]] static agent_id id_of(std::size_t player) { return {player + 1}; }
  bool play_next();
  void end_play();
  void happen(const event& what);
  void come(std::size_t player);
  void ask(std::size_t player);
  void end_steps(std::size_t player);
  void end_job(std::size_t player);
  void cut_short();
  void perform();
  void follow(const sharing_effect& effect);
  void put(const share_contract& contract, bool is_new);
  void begin_steps();
  [[nodiscard]] duration hand_over(std::size_t player, const std::vector<std::uint32_t>& units);
  void push(time_point at, std::size_t player, std::uint64_t run);

  device_demand demand_;
  std::uint32_t units_;
  duration hand_over_;
  duration grain_;
  std::uint64_t most_events_;
  std::uint64_t played_ = 0;
  bool over_ = false;
  time_point now_{1'000s};
  time_point until_;
  arbiter device_;
  step_turns turns_;
  sharing_effects out_;
  std::vector<player> players_;
  std::vector<job_progress> progress_;
  std::vector<std::size_t> last_on_;  ///< by unit: who ran there last
  std::priority_queue<event, std::vector<event>, std::greater<>> events_;
  std::uint64_t orders_ = 0;
  std::uint64_t runs_ = 0;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Holders of a processor's shares, each on a thread of its own, wait here for their turns. Whoever ends its turn begins
// the next holder's step and wakes its thread: one wake-up a hand-over. A thread whose contract names units runs on
// those cores only, together with the threads that it makes meanwhile.
#pragma once

#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "coordination/sharing/share_gate.hpp"
#include "coordination/sharing/step_turns.hpp"
#include "coordination/sharing/switch_pauses.hpp"

namespace dunlin {

struct step_gate_options {
  std::uint32_t units = 1;
  std::vector<std::uint32_t> cores;  ///< unit i is core cores[i]; empty = threads are not bound
  turn_terms terms;

  /// Told which units no contract in force names, whenever that changes. From `apply` and `remove`, under no lock.
  std::function<void(const std::vector<std::uint32_t>&)> on_units_left = {};
};

/// Thread: any; outlives its sessions' threads by being shared with them.
class DUNLIN_EXPORT step_gate final : public share_gate, public std::enable_shared_from_this<step_gate> {
 public:
  explicit step_gate(step_gate_options options);

  void set_terms(const turn_terms& terms) override;
  void apply(const sharing_effects& decided) override;
  void remove(agent_id holder) override;
  result<std::unique_ptr<share_session>> enter(agent_id holder, lease_id lease, std::function<bool()> stopped) override;
  void wake(agent_id holder) override;
  share_use take_use(agent_id holder) override;

 private:
  class session;

  /// One lease; shared with its session, which may outlive it.
  struct place {
    share_contract contract;
    share_use used;
    std::condition_variable changed;

    bool parked = false;    ///< no contract of it is in force
    bool begun = false;     ///< its next step may begin
    bool ended = false;     ///< the lease is over
    bool given_up = false;  ///< and so is its step, wherever its thread is
  };
  using place_pointer = std::shared_ptr<place>;
  using lock_type = std::unique_lock<std::mutex>;

  void tell_units_left();

  // under the mutex
  [[nodiscard]] std::vector<std::uint32_t> units_left() const;
  void put(const share_contract& contract);
  void park(agent_id holder);
  void change(const share_contract& contract);
  place_pointer end(agent_id holder);
  void begin_steps(std::vector<place_pointer>& woken);
  void note_pauses(agent_id begun);
  result<void> wait_for_turn(lock_type& lock, agent_id holder, place& own, const std::function<bool()>& stopped);
  result<void> next_step(session& of);
  void leave(session& of) noexcept;

  const step_gate_options options_;
  std::mutex mutex_;
  step_turns turns_;
  switch_pauses pauses_;
  std::unordered_map<agent_id, place_pointer> places_;
  std::vector<std::uint32_t> told_left_;  ///< what `on_units_left` heard last; the coordinator's thread only
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Holders of a processor's shares, each on a thread of its own, wait here for their turns. Whoever ends its turn begins
// the next holder's step and wakes its thread: one wake-up a hand-over. A thread whose contract names units runs on
// those cores only, together with the threads that it makes meanwhile; in a pool, on the core of the unit that its step
// has.
//
// Holders that serve a pipeline's stages wait here for items too. Whoever hands an item on, or makes room for one, lets
// the one that waited for it arrive at its turn, and its thread is woken when that turn has come: again one wake-up.
#pragma once

#include <condition_variable>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "coordination/sharing/leases/switch_pauses.hpp"
#include "coordination/sharing/turns/share_gate.hpp"
#include "coordination/sharing/turns/step_turns.hpp"
#include "gpu/cpu/holder_thread.hpp"
#include "gpu/cpu/item_store.hpp"
#include "gpu/cpu/step_meter.hpp"
#include "gpu/cpu/wake_habit.hpp"

namespace dunlin {

struct step_gate_options {
  std::uint32_t units = 1;
  std::vector<std::uint32_t> cores;  ///< unit i is core cores[i]; empty = threads are not bound
  turn_terms terms;
  std::shared_ptr<step_meter> meter = nullptr;  ///< null = a step used its thread's processor time

  /// Told which units no contract in force names, whenever that changes. From `apply` and `remove`, under no lock.
  std::function<void(const std::vector<std::uint32_t>&)> on_units_left = {};
};

/// Thread: any; outlives its sessions' threads by being shared with them.
class DUNLIN_EXPORT step_gate final : public share_gate, public std::enable_shared_from_this<step_gate> {
 public:
  explicit step_gate(step_gate_options options);

  void set_terms(const turn_terms& terms) override;
  result<void> set_stages(stage_graph graph) override;
  void apply(const sharing_effects& decided) override;
  void remove(agent_id holder) override;
  result<std::unique_ptr<share_session>> enter(agent_id holder, lease_id lease, std::function<bool()> stopped) override;
  void wake(agent_id holder) override;
  share_use take_use(agent_id holder) override;
  void need_permits(std::function<void()> on_news) override;
  void permit(const std::vector<lane_permit>& opened, const std::vector<fencing_token>& closed,
              std::optional<time_point> valid_until) override;
  gate_news take_news() override;
  result<void> begin_whole(agent_id holder) override;

 private:
  class session;

  /// One lease; shared with its session, which may outlive it.
  struct place {
    share_contract contract;
    share_use used;
    std::function<std::uint64_t()> peak_bytes;  ///< of its memory; empty = nobody knows
    std::condition_variable changed;

    bool parked = false;               ///< no contract of it is in force
    std::vector<std::uint32_t> units;  ///< of its step; empty = all
    holder_thread thread;
    std::optional<time_point> woken_at;  ///< by whoever handed its turn on, where the thread liked
    std::optional<stage_item> item;      ///< that it waited for, if any
    duration waited{};                   ///< of its thread, which alone asks
    bool answered = false;               ///< it waits no longer for an item, or for room for one

    bool whole = false;     ///< its work is one step, which is done elsewhere
    time_point began_at{};  ///< that one
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
  void begin_elsewhere(agent_id holder, place& own);
  void note_at_work(agent_id holder, bool at_work);
  void note_spent();
  [[nodiscard]] std::vector<std::uint32_t> cores_of(const std::vector<std::uint32_t>& units) const;
  void place_threads(const std::vector<place_pointer>& woken);
  void wake_here(place& next, const std::vector<std::uint32_t>& cores);
  void note_pauses(agent_id begun);
  result<void> wait_for_turn(lock_type& lock, agent_id holder, place& own, const std::function<bool()>& stopped);
  void wait(lock_type& lock, place& own, const std::function<bool()>& stopped, std::vector<place_pointer>& woken);
  result<void> take_turn(agent_id holder, place& own);
  static void wake_others(lock_type& lock, const place& own, std::vector<place_pointer>& woken);
  void refresh(session& of) const;
  static result<void> check_alive(const session& of);
  [[nodiscard]] result<void> check_serving(const session& of) const;
  result<void> hand_over(session& of, lock_type& lock, std::uint64_t busy_ns);
  duration counted(const share_contract& contract, std::uint64_t busy_ns, bool ends_item);
  void answer_items();
  void leave_items(agent_id holder);

  // a session's
  result<void> next_step(session& of);
  result<void> rest(session& of);
  result<void> resume(session& of);
  result<void> join_stage(session& of, std::string_view stage);
  result<std::optional<stage_item>> take_item(session& of);
  result<void> put_item(session& of, shared_bytes output);
  result<void> finish_item(session& of, lock_type& lock, result<shared_bytes> output);
  result<void> fail_item(session& of, error why);
  void leave_stage(session& of) noexcept;
  void leave(session& of) noexcept;
  static void stop_measuring(place& own) noexcept;

  const step_gate_options options_;
  std::mutex mutex_;
  step_turns turns_;
  switch_pauses pauses_;
  wake_habit wakes_;
  std::optional<item_store> items_;          ///< none while there are no stages
  std::vector<item_store::answer> answers_;  ///< reused
  std::unordered_map<agent_id, place_pointer> places_;
  gate_news news_;
  std::function<void()> on_news_;         ///< empty = the device is this process's alone
  std::vector<std::uint32_t> told_left_;  ///< what `on_units_left` heard last; the coordinator's thread only
};

}  // namespace dunlin

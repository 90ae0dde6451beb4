// SPDX-License-Identifier: Apache-2.0
// Where a device keeps its holders to their contracts: a port that devices implement.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "coordination/sharing/arbiter.hpp"
#include "coordination/sharing/pipeline/stage_graph.hpp"
#include "coordination/sharing/pipeline/stage_item.hpp"
#include "coordination/sharing/turns/lane_permits.hpp"
#include "coordination/sharing/turns/turn_ring.hpp"

namespace dunlin {

/// One holder at work, from its first step to its last. Thread: the one that runs its steps, which destroys it.
class DUNLIN_EXPORT share_session {
 public:
  /// Ends the step that runs.
  virtual ~share_session() = default;

  /// Ends a step and waits until the next may begin: here a turn is handed on and a new contract comes into force.
  /// Errors: cancelled, lease_expired (the lease has ended).
  virtual result<void> next_step() = 0;

  /// Ends a step for as long as the holder waits for other holders: they may need its turn. Until `resume` it has no
  /// unit, and may be parked. Errors: lease_expired.
  virtual result<void> rest() = 0;

  /// Waits until the next step may begin. After an error no step runs any more. Errors: those of `next_step`.
  virtual result<void> resume() = 0;

  /// The contract under which the step runs.
  [[nodiscard]] virtual const share_contract& contract() const = 0;

  /// Asked from any thread how much memory the holder had at most. Until the session ends.
  virtual void measure_memory(std::function<std::uint64_t()> peak_bytes) = 0;

  /// What the steps that have ended used.
  [[nodiscard]] virtual share_use used() const = 0;

  /// Returns how long its thread has waited here since its first step began.
  [[nodiscard]] virtual duration waited() const { return {}; }

  /// Serves a stage of the device's pipeline from now on, whatever the pattern. The step goes on.
  /// Errors: not_found (no such stage), conflict (serves one already), overloaded (as many agents serve it as may),
  /// lease_expired.
  virtual result<void> join_stage(std::string_view stage) = 0;

  /// Ends a step and waits for the stage's next item, for room behind it and for a turn; meanwhile the holder has no
  /// unit. An item that was not put or failed is done at a last stage, and fails elsewhere. Returns nothing at the end
  /// of the stream; then the next step has begun too. After an error other than conflict no step runs any more.
  /// Errors: cancelled, lease_expired, conflict (serves no stage, or the first one, which has nothing to take).
  virtual result<std::optional<stage_item>> take_item() = 0;

  /// Hands the item's output on; the step goes on. At the first stage, offers a new item: ends a step and waits for
  /// room and for a turn, as `take_item` does.
  /// Errors: conflict (serves no stage, or has no item), lease_expired, at the first stage also cancelled.
  virtual result<void> put_item(shared_bytes output) = 0;

  /// Fails the item, and only it; the step goes on. Errors: conflict (has no item), lease_expired.
  virtual result<void> fail_item(error why) = 0;

  /// Serves the stage no longer; fails the item that it has. The end of the session does that too. When the last agent
  /// of the first stage leaves, the stream ends.
  virtual void leave_stage() noexcept = 0;
};

/// What the gate of a device that other processes work on as well has to tell.
struct gate_news {
  std::vector<spent_permit> spent;
  std::vector<std::pair<agent_id, bool>> at_work;    ///< has steps to run from now on, or no more; in this order
  std::vector<std::pair<agent_id, lease_id>> begun;  ///< of `begin_whole`
};

/// Thread: any.
class DUNLIN_EXPORT share_gate {
 public:
  virtual ~share_gate() = default;

  /// Turns are taken so from now on.
  virtual void set_terms(const turn_terms& terms) = 0;

  /// Items take this way from now on, under any pattern. Those of the same graph stay on their way.
  /// Errors: conflict (agents serve stages of another one).
  virtual result<void> set_stages(stage_graph graph) = 0;

  /// Puts what the arbiter decided into force, all at once: each holder goes by it from its next step on.
  virtual void apply(const sharing_effects& decided) = 0;

  /// The holder has given its share back, or was given up with the step that it runs.
  virtual void remove(agent_id holder) = 0;

  /// Waits on this thread until the holder's first step may begin. `stopped` is asked again after each `wake`.
  /// Errors: fenced_off (another lease is in force), not_holder, cancelled, lease_expired, conflict (it is at work).
  virtual result<std::unique_ptr<share_session>> enter(agent_id holder, lease_id lease,
                                                       std::function<bool()> stopped) = 0;
  virtual void wake(agent_id holder) = 0;

  /// Returns what the holder used since the last call.
  virtual share_use take_use(agent_id holder) = 0;

  // -- where other processes work on the device as well

  /// From now on a step begins only under a permit. `on_news` is called under a lock, so that it must be short, when
  /// there is something for `take_news`.
  virtual void need_permits(std::function<void()> on_news) = 0;
  virtual void permit(const std::vector<lane_permit>& opened, const std::vector<fencing_token>& closed,
                      std::optional<time_point> valid_until) = 0;
  virtual gate_news take_news() = 0;

  /// The holder's work is one long step, which it does elsewhere: told when it may begin, it goes on until `remove`.
  /// Errors: not_holder, conflict (it has a step).
  virtual result<void> begin_whole(agent_id holder) = 0;
};

}  // namespace dunlin

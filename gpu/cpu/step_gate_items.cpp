// SPDX-License-Identifier: Apache-2.0
// The gate between a pipeline's stages.
#include <utility>

#include "gpu/cpu/step_session.hpp"

namespace dunlin {

result<void> step_gate::set_stages(stage_graph graph) {
  const std::lock_guard lock{mutex_};
  if (items_ && items_->flow().graph() == graph) return {};
  if (items_ && !items_->flow().empty())
    return fail(errc::conflict, "agents serve the stages " + items_->flow().graph().names(),
                "wait until they have left, or name the same stages", "stages");
  items_.emplace(std::move(graph));
  return {};
}

// -- what the holders do

result<void> step_gate::join_stage(session& of, std::string_view stage) {
  const std::lock_guard lock{mutex_};
  if (auto alive = check_alive(of); !alive) return alive;
  if (!items_)
    return fail(errc::not_found, "the device has no stages", "have it coordinated as a pipeline with stages first");
  return items_->join(of.place_->contract.holder, stage);
}

result<std::optional<stage_item>> step_gate::take_item(session& of) {
  const auto busy = of.end();
  lock_type lock{mutex_};
  if (auto serving = check_serving(of); !serving) return fail(std::move(serving.error()));
  if (auto asked = items_->take(of.place_->contract.holder); !asked) return fail(std::move(asked.error()));
  if (auto begun = hand_over(of, lock, busy); !begun) return fail(std::move(begun.error()));
  auto item = std::exchange(of.place_->item, std::nullopt);
  lock.unlock();
  if (auto begun = of.begin(); !begun) return fail(std::move(begun.error()));
  return item;
}

result<void> step_gate::put_item(session& of, shared_bytes output) {
  if (!output) output = std::make_shared<const bytes>();
  lock_type lock{mutex_};
  if (auto serving = check_serving(of); !serving) return serving;
  const auto holder = of.place_->contract.holder;
  if (!items_->offers(holder)) return finish_item(of, lock, std::move(output));
  lock.unlock();
  const auto busy = of.end();
  lock.lock();
  if (auto serving = check_serving(of); !serving) return serving;
  items_->offer(holder, std::move(output));
  if (auto begun = hand_over(of, lock, busy); !begun) return begun;
  lock.unlock();
  return of.begin();
}

result<void> step_gate::fail_item(session& of, error why) {
  lock_type lock{mutex_};
  if (auto serving = check_serving(of); !serving) return serving;
  return finish_item(of, lock, fail(std::move(why)));
}

void step_gate::leave_stage(session& of) noexcept {
  lock_type lock{mutex_};
  if (!check_serving(of)) return;
  leave_items(of.place_->contract.holder);
  std::vector<place_pointer> woken;
  begin_steps(woken);
  wake_others(lock, *of.place_, woken);
}

// -- under the mutex

/// Errors: lease_expired, conflict (serves no stage).
result<void> step_gate::check_serving(const session& of) const {
  if (auto alive = check_alive(of); !alive) return alive;
  const auto holder = of.place_->contract.holder;
  if (items_ && items_->flow().stage_of(holder)) return {};
  return fail(errc::conflict, "agent " + std::to_string(holder.value) + " serves no stage", "join one first");
}

/// Ends a step and waits for what was asked for, and for the next step.
result<void> step_gate::hand_over(session& of, lock_type& lock, std::uint64_t busy_ns) {
  auto& own = *of.place_;
  const auto holder = own.contract.holder;
  of.count_step(busy_ns);
  const auto counts = counted(own.contract, busy_ns, true);
  own.answered = false;
  answer_items();
  turns_.end_step(holder, counts, own.answered);
  if (auto begun = wait_for_turn(lock, holder, own, of.stopped_); !begun) {
    of.over_ = true;
    return begun;
  }
  refresh(of);
  return {};
}

result<void> step_gate::finish_item(session& of, lock_type& lock, result<shared_bytes> output) {
  if (auto done = items_->finish(of.place_->contract.holder, std::move(output)); !done) return done;
  answer_items();
  std::vector<place_pointer> woken;
  begin_steps(woken);
  wake_others(lock, *of.place_, woken);
  return {};
}

/// Returns what a step counts in its holder's turns.
duration step_gate::counted(const share_contract& contract, std::uint64_t busy_ns, bool ends_item) {
  const duration busy{static_cast<duration::rep>(busy_ns)};
  return items_ && contract.granted.pooled ? items_->count(contract.holder, busy, ends_item) : busy;
}

/// Whoever has what it waited for wants its turn; one whose step still runs keeps it.
void step_gate::answer_items() {
  items_->take_answers(answers_);
  for (auto& answer : answers_) {
    auto& own = *places_.at(answer.agent);
    own.item = std::move(answer.item);
    own.answered = true;
    if (turns_.runs(answer.agent)) continue;
    static_cast<void>(turns_.arrive(answer.agent, own.contract.token));
    if (!pauses_.empty()) pauses_.on_ready(answer.agent, wall_now());
  }
  answers_.clear();
}

void step_gate::leave_items(agent_id holder) {
  if (!items_) return;
  items_->leave(holder, error{errc::handler_failed,
                              "agent " + std::to_string(holder.value) + " left its stage before the item was done"});
  answer_items();
}

}  // namespace dunlin

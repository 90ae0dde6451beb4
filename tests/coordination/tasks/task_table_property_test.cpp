// SPDX-License-Identifier: Apache-2.0
// Random lives of many tasks against the simple model: 100 cases x 4 histories of up to 200 steps.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/coordination/tasks/table_and_model.hpp"

namespace dunlin {
namespace {

constexpr std::uint32_t histories_per_case = 4;

/// Does each step to the table and to the model, and compares them.
class witness : public table_and_model {
 public:
  void step(std::uint32_t word) {
    using me = witness;
    static constexpr std::array steps{
        &me::submit,  &me::submit,  &me::grant, &me::grant,      &me::grant,   &me::start,     &me::outcome,
        &me::outcome, &me::outcome, &me::pass,  &me::cancel,     &me::renew,   &me::give_back, &me::progress,
        &me::adopt,   &me::requeue, &me::erase, &me::lose_owner, &me::restart, &me::drain,     &me::hold_or_settle};
    dice roll{word};
    (this->*steps[roll.below(steps.size())])(roll);
  }

  /// Whatever happened, all that is left comes to an end, and each task has ended once.
  void finish() {
    settle(true);
    story_->expect_consistent();
    RC_ASSERT(!testing::Test::HasFailure());
    for (int round = 0; live() > 0; ++round) {
      RC_ASSERT(round < 100);
      const auto ids = ids_of_all();
      for (const auto& id : ids)
        if (story_->ready(id)) {
          const auto owner = fresh_owner();
          const auto task = story_->grant(id, owner);
          model_.grant(id, owner, task.epoch);
          RC_ASSERT(story_->succeed(task) == model_.outcome(id, task.epoch, errc::none, false));
        }
      advance(20'000);
      check();
    }
    for (const auto& [id, record] : story_->store.all()) RC_ASSERT(ends(id) == 1);
  }

 private:
  // -- the steps

  void submit(dice& roll) {
    std::vector<task_spec> batch;
    std::vector<std::vector<task_id>> outside;
    const auto size = 1 + roll.below(3);
    bool acceptable = true;
    for (std::uint32_t i = 0; i < size; ++i) {
      auto spec = work("n" + std::to_string(i)).retries(roll.below(3)).priority(1 + static_cast<int>(roll.below(10)));
      outside.emplace_back();
      std::vector<std::string> names;
      if (i > 0 && roll.flip()) names.push_back("n" + std::to_string(i - 1));
      if (!model_.tasks.empty() && roll.flip()) {
        const auto on = any_task(roll);
        outside.back().push_back(on);
        names.push_back(to_string(on));
        acceptable = acceptable && model_.find(on) != nullptr && !model_.has_failed(on);
      }
      spec.after(names);
      if (roll.below(4) == 0) spec.not_before(model_.now + roll.below(3'000));
      // Only where nothing else can end the task at the same tick: which of two ends comes first is not promised.
      if (names.empty() && roll.below(3) == 0) spec.deadline(model_.now + 3'001 + roll.below(60'000));
      batch.push_back(spec);
    }
    const auto answer = story_->submit(batch);
    RC_ASSERT(answer.has_value() == acceptable);
    if (!answer) return;
    for (std::size_t i = 0; i < batch.size(); ++i) remember(*answer, i, batch[i], outside[i]);
  }

  void remember(const std::vector<submit_answer>& answer, std::size_t i, const task_spec& spec,
                const std::vector<task_id>& outside) {
    RC_ASSERT(!answer[i].existed);
    auto& task = model_.tasks[answer[i].id];
    task.max_retries = spec.shape.retry.max_retries;
    task.not_before = spec.not_before;
    task.deadline = spec.deadline;
    task.dependencies = outside;
    if (spec.depends_on.size() > outside.size()) task.dependencies.push_back(answer[i - 1].id);
  }

  void grant(dice& roll) {
    const auto id = any_task(roll);
    const auto owner = any_owner(roll);
    const auto* task = model_.find(id);
    const bool possible = task != nullptr && model_.ready(*task) && model_.takes_tasks(owner);
    const auto granted = story_->try_grant(id, owner);
    RC_ASSERT(granted.has_value() == possible);
    if (!granted) return;
    RC_ASSERT(granted->attempt == task->attempt + 1);
    RC_ASSERT(granted->epoch > newest_given(id));
    epochs_[id].insert(granted->epoch);
    model_.grant(id, owner, granted->epoch);
  }

  void start(dice& roll) {
    const auto task = any_epoch(roll);
    const auto owner = any_owner(roll);
    if (auto* held = model_.held(owner, task)) held->state = task_state::running;
    story_->start(task, owner);
  }

  void progress(dice& roll) {
    const auto task = any_epoch(roll);
    if (auto* held = model_.held(story_->a, task)) held->state = task_state::running;
    if (roll.flip())
      story_->progress(task, static_cast<int>(roll.below(120)));
    else
      story_->checkpoint(task, "state");
  }

  void outcome(dice& roll) {
    const auto task = any_epoch(roll);
    constexpr std::array codes{errc::none,    errc::none,         errc::handler_failed,
                               errc::timeout, errc::unknown_kind, errc::shutting_down};
    auto outcome = table_story::outcome_of(task, codes[roll.below(codes.size())]);
    outcome.crashed = roll.below(4) == 0 && outcome.code != errc::shutting_down;
    const auto expected = model_.outcome(task.id, task.epoch, outcome.code, outcome.crashed);
    RC_ASSERT(story_->end(outcome) == expected);
    auto* row = model_.find(task.id);
    if (row == nullptr || row->state != task_state::backoff || row->not_before != 0) return;
    row->not_before = story_->view(task.id).not_before;
    const auto wait = row->not_before - model_.now;
    const wall_ms base = 1'000LL << (row->failures - 1);
    RC_ASSERT(wait >= base / 2);
    RC_ASSERT(wait <= base * 3 / 2 + 1);
  }

  void cancel(dice& roll) {
    const auto id = any_task(roll);
    auto* task = model_.find(id);
    const auto answer = story_->cancel(id);
    RC_ASSERT(answer.has_value() == (task != nullptr && !task->ended()));
    if (!answer) return;
    RC_ASSERT(answer->stop.has_value() == task->granted());
    if (task->granted())
      task->cancel_requested = true;
    else
      model_.end(id, task_state::cancelled);
  }

  void renew(dice& roll) {
    const auto task = any_epoch(roll);
    const auto owner = any_owner(roll);
    auto* held = model_.gone.contains(owner) ? nullptr : model_.held(owner, task);
    if (held != nullptr) held->lease_end = model_.now + task_model::lease;
    RC_ASSERT(story_->renew({task}, owner).empty() == (held != nullptr));
  }

  void give_back(dice& roll) {
    const auto task = any_epoch(roll);
    if (model_.held(story_->a, task) != nullptr) model_.give_back(task.id);
    story_->give_back(task);
  }

  void lose_owner(dice& roll) {
    if (roll.below(3) != 0) return;
    const auto which = roll.below(2);
    const bool reaped = roll.flip();
    model_.lose_owner(owners_[which], reaped);
    story_->lose_node(owners_[which], reaped);
    if (reaped) owners_[which] = fresh_owner();
  }

  void drain(dice& roll) {
    if (roll.below(3) != 0) return;
    const auto owner = any_owner(roll);
    model_.draining.insert(owner);
    story_->table.on_owner_draining(owner);
  }

  void adopt(dice& roll) {
    const auto owner = any_owner(roll);
    const auto task = any_epoch(roll);
    auto* row = model_.find(task.id);
    const bool held = row != nullptr && row->granted() && row->epoch == task.epoch;
    if (held) {
      row->owner = owner;
      row->lease_end = model_.now + task_model::lease;
    }
    model_.gone.erase(owner);
    RC_ASSERT(story_->adopt({task}, owner).empty() == held);
  }

  void requeue(dice& roll) {
    const auto id = any_task(roll);
    if (saved_ || !story_->store.holds(id)) return;
    const bool possible = model_.may_requeue(id);
    RC_ASSERT(story_->requeue(id).has_value() == possible);
    if (!possible) return;
    auto& task = model_.tasks.at(id);
    task.state = task_state::pending;
    task.failures = task.crashes = 0;
    task.cancel_requested = task.failed_by_dependency = false;
    task.not_before = story_->store.at(id).spec.not_before;
  }

  void erase(dice& roll) {
    const auto id = any_task(roll);
    const auto* task = model_.find(id);
    const bool possible = task != nullptr && task->ended();
    RC_ASSERT(story_->erase(id).has_value() == possible);
    if (possible) model_.tasks.erase(id);
  }

  void pass(dice& roll) { advance(1 + (roll.flip() ? roll.below(500) : roll.below(20'000))); }

  void restart(dice& roll) {
    if (saved_ || roll.below(3) != 0) return;
    ++term_;
    auto& t = *story_;
    t.table = task_table(config(), term_, term_);
    t.a = t.table.intern_owner("a", incarnation{1});
    t.b = t.table.intern_owner("b", incarnation{2});
    owners_ = {t.a, t.b};
    for (const auto& [id, record] : t.store.all()) RC_ASSERT(t.table.restore(task_record{record}, t.at).has_value());
    t.table.finish_restore(t.at, t.open);
    RC_ASSERT(t.open.writes.empty());
    model_.restart();
    for (auto& [id, task] : model_.tasks) {
      const auto& kept = t.store.status(id);
      if (!kept.owner.empty()) task.owner = t.table.intern_owner(kept.owner, kept.owner_incarnation);
    }
    announced_.clear();
  }

  /// Some steps gather in one transaction; the store takes it or refuses it.
  void hold_or_settle(dice& roll) {
    if (saved_) return settle(roll.flip());
    saved_ = model_;
    story_->hold();
  }

  void settle(bool accepted) {
    if (!saved_) return;
    if (accepted) {
      story_->release();
    } else {
      for (const auto& id : story_->touched()) roll_back(id);
      story_->refuse();
    }
    saved_.reset();
    advance(0);
  }

  void roll_back(const task_id& id) {
    announced_.erase(id);
    const auto before = saved_->tasks.find(id);
    if (before == saved_->tasks.end()) {
      model_.tasks.erase(id);
      return;
    }
    model_.tasks[id] = before->second;
    model_.tasks[id].lease_end = model_.now + task_model::lease;
    if (!before->second.granted()) return;
    const auto& kept = story_->store.status(id);
    model_.tasks[id].owner = story_->table.intern_owner(kept.owner, kept.owner_incarnation);
  }

  std::optional<task_model> saved_;  ///< while a transaction is gathered: what is stored
};

/// A history: a random word per step, from which everything about the step is read. Shrinks to shorter ones.
using history = std::vector<std::uint32_t>;

history random_history() {
  return *rc::gen::resize(200, rc::gen::container<history>(rc::gen::inRange<std::uint32_t>(0, 1U << 30)));
}

RC_GTEST_PROP(TaskTable, DoesWhatTheSimpleModelDoes, ()) {
  const auto words = random_history();
  for (std::uint32_t salt = 0; salt < histories_per_case; ++salt) {  // several lives of one word list: it shrinks fast
    witness both;
    for (const auto word : words) {
      both.step(word + (salt << 24));
      both.check();
    }
    both.finish();
  }
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// A table and the simple model of it, side by side: choosing among their tasks, and comparing them.
#pragma once

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <array>
#include <memory>
#include <optional>
#include <sstream>

#include "tests/coordination/tasks/task_model.hpp"
#include "tests/coordination/tasks/task_support.hpp"

namespace dunlin {

/// Reads small numbers out of one random word.
class dice {
 public:
  explicit dice(std::uint64_t word) : state_(word * 0x9e3779b97f4a7c15ULL + 1) {}
  std::uint32_t below(std::uint32_t limit) {
    state_ ^= state_ >> 29;
    state_ *= 0xbf58476d1ce4e5b9ULL;
    return static_cast<std::uint32_t>(state_ >> 33) % limit;
  }
  bool flip() { return below(2) == 0; }

 private:
  std::uint64_t state_;
};

class table_and_model {
 public:
  table_and_model() : story_(std::make_unique<table_story>(config())), owners_{story_->a, story_->b} {
    model_.now = story_->at.wall;
  }

  void check() {
    note_announced();
    RC_ASSERT(story_->table.live() == live());
    RC_ASSERT(story_->table.counts().terminal == model_.tasks.size() - live());
    for (std::size_t i = 0; i < 9; ++i)
      RC_ASSERT(story_->table.counts().by_state[i] == model_.count(static_cast<task_state>(i)));
    for (const auto& [id, task] : model_.tasks) check(id, task);
  }

 protected:
  static task_table_config config() {
    task_table_config out;
    out.crash_limit = task_model::crash_limit;
    out.terminal_memory = milliseconds{task_model::memory};
    return out;
  }

  void advance(std::uint32_t ms) {
    model_.now += ms;
    model_.tick();
    story_->pass(milliseconds{ms});
  }

  // -- choosing

  task_id any_task(dice& roll) {
    const auto ids = ids_of_all();
    return ids.empty() || roll.below(40) == 0 ? task_id{1, 1} : ids[roll.below(static_cast<std::uint32_t>(ids.size()))];
  }
  owner_slot any_owner(dice& roll) { return owners_[roll.below(2)]; }

  /// Mostly the newest epoch of a task, sometimes an older one, one of nobody, or one of the future.
  task_epoch any_epoch(dice& roll) {
    const auto id = any_task(roll);
    const auto* task = model_.find(id);
    const auto& given = epochs_[id];
    const auto newest = task == nullptr ? 0 : task->epoch;
    if (roll.below(5) != 0) return {id, newest};
    if (given.empty() || roll.below(4) == 0) return {id, newest + roll.below(2)};
    return {id, *std::next(given.begin(), roll.below(static_cast<std::uint32_t>(given.size())))};
  }

  fencing_token newest_given(const task_id& id) const {
    const auto given = epochs_.find(id);
    return given == epochs_.end() || given->second.empty() ? 0 : *given->second.rbegin();
  }

  std::vector<task_id> ids_of_all() const {
    std::vector<task_id> ids;
    for (const auto& [id, task] : model_.tasks) ids.push_back(id);
    return ids;
  }

  owner_slot fresh_owner() { return story_->table.intern_owner("c", incarnation{++lives_}); }

  // -- comparing

  std::uint64_t live() const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(model_.tasks, [](const auto& entry) { return !entry.second.ended(); }));
  }

  void note_announced() {
    for (const auto& id : story_->newly_ready()) announced_.insert(id);
    std::erase_if(announced_, [this](const task_id& id) { return !story_->ready(id); });
  }

  void check(const task_id& id, const model_task& task) {
    const auto row = story_->table.find(id);
    RC_ASSERT(row.has_value());
    RC_ASSERT(row->state == task.state);
    RC_ASSERT(row->epoch == task.epoch);
    RC_ASSERT(row->attempt == task.attempt);
    RC_ASSERT(row->fail_count == task.failures);
    RC_ASSERT(row->crash_count == task.crashes);
    RC_ASSERT(row->cancel_requested == task.cancel_requested);
    if (task.granted()) RC_ASSERT(row->owner == task.owner);
    RC_ASSERT(story_->ready(id) == model_.ready(task));
    RC_ASSERT(announced_.contains(id) == model_.ready(task));
  }

  /// How often a task has ended since it was last revived.
  int ends(const task_id& id) const {
    static const std::set<std::string> last{"succeed", "fail_last", "poison", "cancel", "expire", "dependency_failed"};
    int count = 0;
    std::istringstream words{story_->store.history(id)};
    for (std::string word; words >> word;) count = word == "requeue" ? 0 : count + (last.contains(word) ? 1 : 0);
    return count;
  }

  std::unique_ptr<table_story> story_;
  task_model model_;
  std::array<owner_slot, 2> owners_;
  std::map<task_id, std::set<fencing_token>> epochs_;
  std::set<task_id> announced_;
  std::uint64_t lives_ = 100;
  std::uint32_t term_ = 7;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "tests/coordination/scheduling/locks/lock_story.hpp"

namespace dunlin {
namespace {

struct asked {
  std::set<std::string> names;
  int priority = 5;
  time_point since{};
  bool holds = false;
};

/// What a history of calls must have led to, from what was asked alone.
class lock_history {
 public:
  lock_story story;
  std::map<std::uint64_t, asked> tasks;

  void ask() {
    const auto mask = *rc::gen::inRange(1U, 32U);
    std::set<std::string> names;
    for (unsigned bit = 0; bit < 5; ++bit)
      if ((mask & (1U << bit)) != 0) names.insert(std::string(1, static_cast<char>('a' + bit)));
    const auto priority = *rc::gen::inRange(1, 11);
    const auto task = ++asked_;
    tasks[task] = {names, priority, story.now, false};
    story.ask(task, {names.begin(), names.end()}, priority);
    note();
  }

  void end_one() {
    if (tasks.empty()) return;
    auto at = tasks.begin();
    std::advance(at, *rc::gen::inRange<std::size_t>(0, tasks.size()));
    const auto task = at->first;
    tasks.erase(at);
    story.end(task);
    note();
  }

  void note() {
    for (const auto task : story.taken()) {
      RC_ASSERT(!tasks.at(task).holds);
      tasks.at(task).holds = true;
    }
    story.lent();
  }

  void check() const {
    std::map<std::string, std::uint64_t> holders;
    for (const auto& [task, one] : tasks) {
      RC_ASSERT(story.table.holds(lock_story::id(task)) == one.holds);
      for (const auto& name : one.names)
        if (one.holds) RC_ASSERT(holders.emplace(name, task).second);  // nobody else holds it
    }
    for (const auto& lock : story.table.list()) {
      const auto held = holders.find(lock.name);
      RC_ASSERT(lock.holder == (held == holders.end() ? task_id{} : lock_story::id(held->second)));
    }
    check_line(holders);
    check_loans();
  }

  [[nodiscard]] std::optional<std::uint64_t> first_in_line() const {
    std::optional<std::uint64_t> first;
    const auto key = [](const asked& one) { return one.since - lock_story::step * one.priority; };
    for (const auto& [task, one] : tasks)
      if (!one.holds && (!first || key(one) < key(tasks.at(*first)))) first = task;
    return first;
  }

 private:
  /// Nobody waits without a reason, and the first of all waits for holders alone.
  void check_line(const std::map<std::string, std::uint64_t>& holders) const {
    for (const auto& [task, one] : tasks)
      if (!one.holds) RC_ASSERT(!story.table.in_the_way_of(lock_story::id(task)).empty());
    if (const auto first = first_in_line())
      for (const auto& each : story.table.in_the_way_of(lock_story::id(*first))) {
        RC_ASSERT(each.holds);
        RC_ASSERT(holders.contains(each.name));
      }
  }

  void check_loans() const {
    for (const auto& [holder, one] : tasks) {
      const auto& held = one.names;
      for (const auto& [waiting, other] : tasks)
        if (one.holds && !other.holds &&
            std::ranges::any_of(other.names, [&](const auto& name) { return held.contains(name); }))
          RC_ASSERT(story.table.priority_of(lock_story::id(holder)) >= other.priority);
    }
  }

  std::uint64_t asked_ = 0;
};

RC_GTEST_PROP(LockTableProperty, AllOrNothingAndNobodyWaitsWithoutAReason, ()) {
  lock_history t;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    t.story.now += *rc::gen::element<duration>(1ms, 3s, 25s);
    if (*rc::gen::inRange(0, 3) < 2)
      t.ask();
    else
      t.end_one();
    t.check();
  }
}

/// However it got there: when holders end one after the other, everybody gets its locks, the oldest key first.
RC_GTEST_PROP(LockTableProperty, EverybodyIsServedWhenHoldersEnd, ()) {
  lock_history t;
  const auto steps = *rc::gen::inRange(1, 40);
  for (int i = 0; i < steps; ++i) {
    t.story.now += 1ms;
    t.ask();
  }
  const auto all = t.tasks.size();
  std::size_t ended = 0;
  while (!t.tasks.empty()) {
    const auto holder = std::ranges::find_if(t.tasks, [](const auto& each) { return each.second.holds; });
    RC_ASSERT(holder != t.tasks.end());  // else it is a deadlock
    const auto task = holder->first;
    t.tasks.erase(holder);
    t.story.end(task);
    t.note();
    t.check();
    ++ended;
  }
  RC_ASSERT(ended == all);
  RC_ASSERT(t.story.table.empty());
  RC_ASSERT(t.story.table.list().empty());
}

/// Whoever comes (10 - p) aging steps later is served later, as often as others end meanwhile.
RC_GTEST_PROP(LockTableProperty, NobodyIsPassedByWhoComesMuchLater, ()) {
  lock_history t;
  const auto before = *rc::gen::inRange(1, 10);
  for (int i = 0; i < before; ++i) {
    t.story.now += 1ms;
    t.ask();
  }
  std::set<std::uint64_t> early;
  for (const auto& [task, one] : t.tasks)
    if (!one.holds) early.insert(task);
  t.story.now += 9 * lock_story::step + 1ns;
  const auto later = t.story.now;
  for (int i = 0; i < 20; ++i) {
    t.story.now += 1ms;
    if (*rc::gen::inRange(0, 2) == 0) {
      t.ask();
      continue;
    }
    const auto holder = std::ranges::find_if(t.tasks, [](const auto& each) { return each.second.holds; });
    if (holder == t.tasks.end()) continue;
    const auto task = holder->first;
    t.tasks.erase(holder);
    t.story.end(task);
    t.note();
    for (const auto& [late, one] : t.tasks)
      for (const auto waiting : early)
        if (one.holds && one.since > later && t.tasks.contains(waiting) && !t.tasks.at(waiting).holds)
          RC_ASSERT(std::ranges::none_of(one.names,
                                         [&](const auto& name) { return t.tasks.at(waiting).names.contains(name); }));
  }
}

}  // namespace
}  // namespace dunlin

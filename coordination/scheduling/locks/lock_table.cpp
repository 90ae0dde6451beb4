// SPDX-License-Identifier: Apache-2.0
#include "coordination/scheduling/locks/lock_table.hpp"

#include <algorithm>

namespace dunlin {

namespace {

/// A loan goes through no more names than this: lines behind lines behind lines are rare, and a leader must not look
/// for the last of them.
constexpr std::size_t most_names_seen = 64;

}  // namespace

// -- asking

void lock_table::request(lock_wish&& wish, time_point now, lock_effects& out) {
  if (find(wish.task) != nullptr) return;
  auto& who = add(std::move(wish));
  enter_lines(who);
  if (may_take(who)) return take(who, now, out);
  name_path seen;
  lend(who, who.wish.priority, seen, out);
}

void lock_table::seize(lock_wish&& wish, time_point now, lock_effects& out) {
  if (const auto at = tasks_.find(wish.task); at != tasks_.end()) {
    if (at->second.holds) return go_on(at->second);
    leave_lines(at->second);
    tasks_.erase(at);
  }
  std::vector<std::string> touched;
  for (const auto& name : wish.names) {
    const auto holder = locks_[name].holder;
    if (!holder) continue;
    auto& loser = tasks_.at(holder);
    touched.insert(touched.end(), loser.wish.names.begin(), loser.wish.names.end());
    give_up(loser);
  }
  auto& who = add(std::move(wish));
  enter_lines(who);
  take(who, now, out);
  who.works = true;
  serve(touched, now, out);
}

/// Whatever was to stop it has not happened.
void lock_table::go_on(claim& who) {
  who.works = true;
  if (who.stops_by) stopping_.erase({*std::exchange(who.stops_by, std::nullopt), who.wish.task});
}

void lock_table::on_placed(const task_id& task) noexcept {
  if (const auto at = tasks_.find(task); at != tasks_.end()) at->second.works = at->second.holds;
}

void lock_table::on_stopping(const task_id& task, time_point until) {
  const auto at = tasks_.find(task);
  if (at == tasks_.end() || !at->second.holds || at->second.stops_by) return;
  at->second.stops_by = until;
  stopping_.emplace(until, task);
}

// -- giving back

void lock_table::release(const task_id& task, time_point now, lock_effects& out) {
  const auto at = tasks_.find(task);
  if (at == tasks_.end()) return;
  auto& who = at->second;
  if (who.stops_by) stopping_.erase({*who.stops_by, task});
  if (who.holds)
    for (const auto& name : who.wish.names) locks_[name].holder = {};
  else
    leave_lines(who);
  const auto names = std::move(who.wish.names);
  tasks_.erase(at);
  serve(names, now, out);
}

void lock_table::tick(time_point now, lock_effects& out) {
  while (!stopping_.empty() && stopping_.begin()->first <= now) {
    const auto task = stopping_.begin()->second;  // a copy: the entry goes
    release(task, now, out);
  }
}

// -- lines

lock_table::claim& lock_table::add(lock_wish&& wish) {
  std::ranges::sort(wish.names);
  const auto task = wish.task;
  auto& who = tasks_[task];
  who.wish = std::move(wish);
  who.priority = who.wish.priority;
  who.key = {who.wish.since - aging_step_ * who.wish.priority, arrivals_++};
  return who;
}

void lock_table::enter_lines(const claim& who) {
  for (const auto& name : who.wish.names) {
    auto& lock = locks_[name];
    lock.line.emplace(who.key, who.wish.task);
    ++lock.of_priority[std::min<std::size_t>(who.wish.priority, 10)];
  }
  ++waiting_;
}

void lock_table::leave_lines(const claim& who) {
  for (const auto& name : who.wish.names) {
    auto& lock = locks_[name];
    lock.line.erase(who.key);
    --lock.of_priority[std::min<std::size_t>(who.wish.priority, 10)];
  }
  --waiting_;
}

bool lock_table::may_take(const claim& who) const {
  return std::ranges::all_of(who.wish.names, [&](const std::string& name) {
    const auto& lock = locks_.at(name);
    return !lock.holder && lock.line.begin()->second == who.wish.task;
  });
}

void lock_table::take(claim& who, time_point now, lock_effects& out) {
  leave_lines(who);
  who.holds = true;
  for (const auto& name : who.wish.names) {
    auto& lock = locks_[name];
    lock.holder = who.wish.task;
    lock.since = now;
  }
  out.push_back(locks_taken{who.wish.task});
  inherit(who, out);
}

/// Back into the lines, where it stood before.
void lock_table::give_up(claim& who) {
  for (const auto& name : who.wish.names) locks_[name].holder = {};
  who.holds = who.works = false;
  who.priority = who.wish.priority;
  enter_lines(who);
}

/// Whoever is the first at one of these names now may have got all that it waits for.
void lock_table::serve(const std::vector<std::string>& names, time_point now, lock_effects& out) {
  for (const auto& name : names) {
    const auto at = locks_.find(name);
    if (at == locks_.end()) continue;
    const auto& lock = at->second;
    if (!lock.line.empty()) {
      auto& first = tasks_.at(lock.line.begin()->second);
      if (may_take(first)) take(first, now, out);
    }
    if (!lock.holder && lock.line.empty()) locks_.erase(at);
  }
}

// -- priority inheritance

/// Lends to the holders of what `from` waits for, and to the holders that keep those back who come before it.
void lock_table::lend(const claim& from, std::uint8_t priority, name_path& seen, lock_effects& out) {
  for (const auto& name : from.wish.names) {
    const auto known = std::ranges::any_of(seen, [&](const std::string* each) { return *each == name; });
    if (known || seen.size() >= most_names_seen) continue;
    seen.push_back(&name);
    const auto& lock = locks_.at(name);
    if (lock.holder) raise(lock.holder, priority, out);
    if (lock.line.empty()) continue;
    if (const auto first = lock.line.begin()->second; first != from.wish.task)
      lend(tasks_.at(first), priority, seen, out);
  }
}

void lock_table::raise(const task_id& holder, std::uint8_t priority, lock_effects& out) {
  auto& who = tasks_.at(holder);
  if (priority <= who.priority) return;
  who.priority = priority;
  out.push_back(lock_lent{holder, priority});
}

/// What those who wait already would have lent to it.
void lock_table::inherit(claim& holder, lock_effects& out) {
  std::uint8_t highest = 0;
  for (const auto& name : holder.wish.names) {
    const auto& waiting = locks_.at(name).of_priority;
    for (std::uint8_t priority = 10; priority > highest; --priority)
      if (waiting[priority] > 0) highest = priority;
  }
  raise(holder.wish.task, highest, out);
}

// -- reading

const lock_table::claim* lock_table::find(const task_id& task) const noexcept {
  const auto at = tasks_.find(task);
  return at == tasks_.end() ? nullptr : &at->second;
}

bool lock_table::holds(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who != nullptr && who->holds;
}

bool lock_table::waits(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who != nullptr && !who->holds;
}

bool lock_table::works(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who != nullptr && who->works;
}

bool lock_table::is_stopping(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who != nullptr && who->stops_by.has_value();
}

std::uint8_t lock_table::priority_of(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who == nullptr ? std::uint8_t{0} : who->priority;
}

time_point lock_table::since_of(const task_id& task) const noexcept {
  const auto* who = find(task);
  return who == nullptr ? time_point{} : who->wish.since;
}

std::vector<lock_obstacle> lock_table::in_the_way_of(const task_id& task) const {
  std::vector<lock_obstacle> out;
  const auto* who = find(task);
  if (who == nullptr || who->holds) return out;
  for (const auto& name : who->wish.names) {
    const auto& lock = locks_.at(name);
    if (lock.holder)
      out.push_back({name, lock.holder, true});
    else if (const auto first = lock.line.begin()->second; first != task)
      out.push_back({name, first, false});
  }
  return out;
}

std::vector<lock_state> lock_table::list() const {
  std::vector<lock_state> out;
  for (const auto& [name, lock] : locks_) {
    const auto next = lock.line.empty() ? task_id{} : lock.line.begin()->second;
    out.push_back({name, lock.holder, lock.since, next, lock.line.size()});
  }
  return out;
}

}  // namespace dunlin

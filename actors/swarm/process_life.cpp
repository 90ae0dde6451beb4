// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/process_life.hpp"

#include <algorithm>
#include <utility>

namespace dunlin {

namespace {

constexpr auto look_every = std::chrono::milliseconds{50};

/// Of what a dialled leader may say, what a second attempt cannot change.
bool is_final(errc code) {
  return code == errc::version_mismatch || code == errc::wrong_cluster || code == errc::bad_secret ||
         code == errc::duplicate_name || code == errc::protocol_violation;
}

}  // namespace

void process_life::welcome() {
  const std::lock_guard lock{mutex_};
  welcomed_ = true;
  changed_.notify_all();
}

void process_life::refuse(error why) {
  if (!is_final(why.code)) return;
  const std::lock_guard lock{mutex_};
  refused_ = std::move(why);
  changed_.notify_all();
}

result<void> process_life::wait_for_welcome(std::chrono::milliseconds patience, const std::string& leader) {
  std::unique_lock lock{mutex_};
  changed_.wait_for(lock, patience, [this] { return welcomed_ || refused_; });
  if (refused_) return fail(error{*refused_});
  if (!welcomed_)
    return fail(errc::unreachable, "no leader answers on " + leader, "start it, or check the port it printed");
  return {};
}

void process_life::finish(swarm_end how) {
  const std::lock_guard lock{mutex_};
  if (!end_) end_ = std::move(how);
  changed_.notify_all();
}

bool process_life::begin_drain(std::chrono::milliseconds patience) {
  const std::lock_guard lock{mutex_};
  if (drain_until_) return false;
  drain_until_ = clock::now() + patience;
  changed_.notify_all();
  return true;
}

void process_life::node_drained() {
  const std::lock_guard lock{mutex_};
  node_drained_ = true;
  changed_.notify_all();
}

std::optional<swarm_end> process_life::wait(std::chrono::milliseconds patience,
                                            const std::function<bool()>& others_are_gone) {
  const auto until = clock::now() + patience;
  std::unique_lock lock{mutex_};
  while (!end_) {
    const auto now = clock::now();
    if (drain_until_ && now >= *drain_until_) end_ = swarm_end{false, "the drain took too long"};
    if (node_drained_ && !end_) {
      lock.unlock();
      const bool alone = others_are_gone();
      lock.lock();
      if (alone && !end_) end_ = swarm_end{true, "drained"};
    }
    if (end_ || now >= until) break;
    // Only a drain has to be looked after; all else wakes this thread.
    changed_.wait_until(lock, drain_until_ ? std::min(until, now + look_every) : until);
  }
  return end_;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/commit_queue.hpp"

#include <algorithm>
#include <thread>
#include <utility>

namespace dunlin {

namespace {

void note_touched(const transaction& commit, std::vector<task_id>& ids) {
  ids.reserve(commit.writes.size());
  for (const auto& write : commit.writes) ids.push_back(id_of(write));
}

void make_unique(std::vector<task_id>& ids) {
  std::ranges::sort(ids);
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
}

}  // namespace

commit_queue::commit_queue(std::shared_ptr<store_port> store, std::function<void(result<void>)> notify)
    : store_(std::move(store)), notify_(std::move(notify)) {}

void commit_queue::push(transaction&& commit, std::vector<leader_action>&& after) {
  auto& added = entries_.emplace_back();
  added.what.actions = std::move(after);
  added.is_settled = commit.writes.empty();
  if (added.is_settled) return;
  added.touched = std::exchange(spare_, {});
  note_touched(commit, added.touched);
  const auto here = std::this_thread::get_id();
  store_->commit(std::move(commit), [this, here, notify = notify_](result<void> outcome) {
    if (std::this_thread::get_id() == here)
      acknowledge(std::move(outcome));  // a store without a thread answers before `commit` returns
    else
      notify(std::move(outcome));
  });
}

void commit_queue::acknowledge(result<void>&& outcome) {
  const auto oldest = std::ranges::find(entries_, false, &entry::is_settled);
  if (oldest == entries_.end()) return;
  oldest->is_settled = true;
  if (!outcome) {
    make_unique(oldest->touched);
    oldest->what.touched = std::move(oldest->touched);
  } else {
    oldest->touched.clear();
    spare_ = std::move(oldest->touched);
  }
  oldest->what.outcome = std::move(outcome);
}

std::optional<commit_queue::settled> commit_queue::take() {
  if (entries_.empty() || !entries_.front().is_settled) return std::nullopt;
  auto out = std::move(entries_.front().what);
  entries_.pop_front();
  return out;
}

std::deque<commit_queue::settled> commit_queue::abandon() {
  std::deque<settled> out;
  for (auto& one : std::exchange(entries_, {})) out.push_back(std::move(one.what));
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "tests/actors/node/recording_leader.hpp"

#include <gtest/gtest.h>

#include <iterator>

#include "coordination/codec/fields.hpp"

namespace dunlin::testing {

namespace {

template <class Item>
void append(std::vector<Item>& to, std::vector<Item>&& items) {
  std::move(items.begin(), items.end(), std::back_inserter(to));
}

}  // namespace

void recording_leader::say(leader_message&& message) {
  std::lock_guard lock{mutex_};
  std::visit(
      [this](auto&& one) {
        using message_type = std::decay_t<decltype(one)>;
        auto arrived = codec::from_wire<message_type>(codec::to_wire(one));
        if (!arrived) {  // a real one would end the connection
          ADD_FAILURE() << "the leader cannot read " << message_type::wire_name << ": " << to_string(arrived.error());
          return;
        }
        record_.order.push_back(message_type::wire_name);
        note(std::move(*arrived));
      },
      std::move(message));
  said_.notify_all();
}

void recording_leader::answer_to(local_node* node) {
  std::lock_guard lock{mutex_};
  node_ = node;
}

void recording_leader::note(start_batch&& batch) { append(record_.started, std::move(batch.started)); }
void recording_leader::note(progress_batch&& batch) { append(record_.progress, std::move(batch.items)); }
void recording_leader::note(checkpoint_batch&& batch) { append(record_.checkpoints, std::move(batch.items)); }
void recording_leader::note(return_batch&& batch) { append(record_.returned, std::move(batch.tasks)); }

void recording_leader::answer_beats(std::function<std::vector<home_notice>()> notices) {
  std::lock_guard lock{mutex_};
  notices_ = std::move(notices);
}

void recording_leader::note(heartbeat&& beat) {
  if (node_ != nullptr && notices_) node_->hear(heartbeat_answer{beat.sequence, 1, notices_()});
  record_.beats.push_back(std::move(beat));
}

void recording_leader::note(outcome_batch&& batch) {
  receipt_batch receipts{batch.sequence, {}};
  for (auto& outcome : batch.outcomes) {
    receipts.receipts.push_back({outcome.id, outcome.epoch, outcome_verdict::recorded});
    record_.ended.push_back(outcome.id);
    record_.outcomes[outcome.id].push_back(std::move(outcome));
  }
  record_.outcome_sequences.push_back(batch.sequence);
  if (node_ != nullptr) node_->hear(std::move(receipts));
}

void recording_leader::note(lease_renewal&& renewal) {
  if (node_ != nullptr) node_->hear(lease_renewed{renewal.sequence, milliseconds{15'000}, {}});
}

task_outcome recording_leader::outcome_of(const task_id& task) {
  if (until([&](const record& all) { return all.outcomes.contains(task); }))
    return look([&](const record& all) { return all.outcomes.at(task).front(); });
  task_outcome none;
  none.id = task;
  none.code = errc::internal;
  none.why = "no outcome came";
  return none;
}

}  // namespace dunlin::testing

// SPDX-License-Identifier: Apache-2.0
// A leader that writes down what a node says and acknowledges its outcomes, as the real one would.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "actors/node/local_node.hpp"
#include "tests/actors/node/patience.hpp"

namespace dunlin::testing {

class recording_leader final : public leader_channel {
 public:
  /// What was said, in the order of arrival.
  struct record {
    std::vector<node_report> reports;
    std::vector<heartbeat> beats;
    std::vector<task_epoch> started;
    std::vector<task_epoch> returned;
    std::vector<progress_item> progress;
    std::vector<checkpoint_item> checkpoints;
    std::map<task_id, std::vector<task_outcome>> outcomes;  ///< more than one = repeated
    std::vector<std::uint64_t> outcome_sequences;
    std::vector<task_id> ended;      ///< in the order of their outcomes
    std::vector<const char*> order;  ///< wire names
  };

  /// Every message arrives as a link would carry it; one that cannot be read fails the test.
  void say(leader_message&& message) override;

  /// Acknowledgements and renewals go to `node` from now on; null = nothing is answered.
  void answer_to(local_node* node);

  /// Heartbeats are answered with what `notices` returns then. Thread: those of the node's actors.
  void answer_beats(std::function<std::vector<home_notice>()> notices);

  /// Waits until `holds(record)`; false if it did not within `patience`.
  template <class Condition>
  bool until(Condition holds) {
    std::unique_lock lock{mutex_};
    return said_.wait_for(lock, patience, [&] { return holds(static_cast<const record&>(record_)); });
  }

  /// Reads the record.
  template <class Read>
  auto look(Read read) {
    std::lock_guard lock{mutex_};
    return read(static_cast<const record&>(record_));
  }

  /// Waits for a task's first outcome. An outcome that does not come has code `internal` and says so.
  task_outcome outcome_of(const task_id& task);

 private:
  void note(node_report&& report) { record_.reports.push_back(std::move(report)); }
  void note(heartbeat&& beat);
  void note(start_batch&& batch);
  void note(outcome_batch&& batch);
  void note(progress_batch&& batch);
  void note(checkpoint_batch&& batch);
  void note(lease_renewal&& renewal);
  void note(return_batch&& batch);
  void note(node_leaving&&) {}

  std::mutex mutex_;
  std::condition_variable said_;
  record record_;
  local_node* node_ = nullptr;
  std::function<std::vector<home_notice>()> notices_;  ///< empty = heartbeats are not answered
};

}  // namespace dunlin::testing

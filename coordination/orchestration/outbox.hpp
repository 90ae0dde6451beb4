// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "coordination/messages.hpp"

namespace dunlin {

/// Outcomes on their way to the leader: packed into batches, kept until the receipt comes, repeated when the leader
/// comes back or could not store them.
class DUNLIN_EXPORT outbox {
 public:
  /// Most outcomes and output bytes of one batch; a batch fits into one frame of the link.
  static constexpr std::size_t max_outcomes = 1'024;
  static constexpr std::size_t max_bytes = 200 * 1'024;
  /// What is said of the choice of a backend is cut off there.
  static constexpr std::size_t max_because = 1'024;

  /// `most`: outcomes in one batch.
  explicit outbox(std::size_t most = max_outcomes) noexcept : most_(most) {}

  void add(task_outcome&& outcome);

  /// Moves what was added since the last call into `out`, as numbered batches.
  void flush(std::vector<outcome_batch>& out);

  /// Forgets the batch that the leader has recorded.
  void on_receipt(std::uint64_t sequence);

  /// Returns every batch without a receipt, oldest first, to be sent again.
  [[nodiscard]] const std::deque<outcome_batch>& unacknowledged() const noexcept { return sent_; }

  /// Returns the number of the newest batch; 0 = none yet.
  [[nodiscard]] std::uint64_t newest() const noexcept { return next_sequence_ - 1; }

  [[nodiscard]] bool empty() const noexcept { return fresh_.empty() && sent_.empty(); }

 private:
  std::size_t most_;
  std::uint64_t next_sequence_ = 1;
  std::vector<task_outcome> fresh_;
  std::deque<outcome_batch> sent_;
};

}  // namespace dunlin

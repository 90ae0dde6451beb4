// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <utility>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// The one answer to a message. If whoever has to give it ends first, with the message in its hands or in its mailbox,
/// the asker is told so. Thread: any.
class answer_slot {
 public:
  explicit answer_slot(std::function<void(result<bytes>)> tell) : tell_(std::move(tell)) {}
  ~answer_slot() { give_up(); }
  answer_slot(const answer_slot&) = delete;
  answer_slot& operator=(const answer_slot&) = delete;

  void give_up() { give(fail(errc::crashed, "the agent ended before it answered")); }

  /// The first answer counts.
  void give(result<bytes>&& answer) {
    if (!given_.test_and_set()) tell_(std::move(answer));
  }

 private:
  std::function<void(result<bytes>)> tell_;
  std::atomic_flag given_ = ATOMIC_FLAG_INIT;
};

}  // namespace dunlin

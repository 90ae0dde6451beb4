// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "coordination/orchestration/leader_actions.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// Keeps what may be done only after a transaction is durable, until it is. Acknowledgements come in the order of the
/// transactions. Thread: the owner's.
class commit_queue {
 public:
  /// A transaction whose fate is known.
  struct settled {
    std::vector<task_id> touched;  ///< filled only if the store refused it
    std::vector<leader_action> actions;
    result<void> outcome;
  };

  /// `notify` is called from the store's own thread; the owner then calls `acknowledge` on its own.
  commit_queue(std::shared_ptr<store_port> store, std::function<void(result<void>)> notify);

  /// Hands a transaction to the store, which may leave the memory of its list. An empty one is settled once every
  /// earlier one is.
  void push(transaction&& commit, std::vector<leader_action>&& after);

  /// The oldest transaction that the store had not answered is durable, or refused.
  void acknowledge(result<void>&& outcome);

  /// Returns the oldest transaction if it is settled.
  std::optional<settled> take();

  /// Returns what was not performed, for those who wait for an answer.
  std::deque<settled> abandon();

 private:
  struct entry {
    settled what;
    std::vector<task_id> touched;
    bool is_settled = false;
  };

  std::shared_ptr<store_port> store_;
  std::function<void(result<void>)> notify_;
  std::deque<entry> entries_;
  std::vector<task_id> spare_;  ///< memory for the next entry's list
};

}  // namespace dunlin

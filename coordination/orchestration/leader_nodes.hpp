// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "coordination/messages.hpp"
#include "coordination/scheduling/worker_index.hpp"
#include "coordination/tasks/task_table.hpp"

namespace dunlin {

/// A live node, as the leader's decisions need it.
struct leader_node {
  node_report report;
  heartbeat last_beat;
  owner_slot owner = 0;
  worker_slot worker = 0;
  resource_sum total;               ///< of its devices
  std::uint64_t completed = 0;      ///< outcomes recorded from it
  std::uint64_t last_outcomes = 0;  ///< sequence of the newest outcome batch
  bool reaped = false;              ///< its process is known to be gone
  grant_batch outgoing;             ///< grants of this flush
  std::vector<shape_id> outgoing_shapes;
  std::size_t outgoing_bytes = 0;
};

/// The nodes that are connected now, by life and by worker slot.
class DUNLIN_EXPORT leader_nodes {
 public:
  leader_node& add(node_report&& report, owner_slot owner, worker_slot worker);
  void remove(incarnation life);

  /// Null if this life is not connected.
  [[nodiscard]] leader_node* find(incarnation life) noexcept;
  [[nodiscard]] const leader_node* find(incarnation life) const noexcept;
  [[nodiscard]] leader_node* find(const std::string& name) noexcept;
  [[nodiscard]] leader_node& at(worker_slot worker) noexcept { return *by_worker_[worker]; }
  [[nodiscard]] const leader_node& at(worker_slot worker) const noexcept { return *by_worker_[worker]; }
  [[nodiscard]] leader_node* by_owner(owner_slot owner) noexcept;

  /// In the order of their names, for answers that do not depend on arrival.
  [[nodiscard]] std::vector<const leader_node*> sorted() const;
  [[nodiscard]] bool empty() const noexcept { return by_life_.empty(); }

  template <class Visit>
  void for_each(Visit visit) {
    for (auto& [life, node] : by_life_) visit(*node);
  }

 private:
  std::unordered_map<std::uint64_t, std::unique_ptr<leader_node>> by_life_;
  std::vector<leader_node*> by_worker_;
};

/// Returns why `node` can never run `shape`; empty if it can.
DUNLIN_EXPORT std::string why_not(const node_report& node, const task_shape& shape);

/// Returns what the node's devices have together.
DUNLIN_EXPORT resource_sum total_of(const node_report& node);

/// Returns whether a node must have free what the task asks for. One that has reserved it has room made for it.
DUNLIN_EXPORT bool needs_room(const task_shape& shape);

/// Returns the best variant of the shape (see `wish_of`) that fits into `node` beside what is in use there; none if all
/// must wait.
DUNLIN_EXPORT std::optional<std::uint8_t> free_variant(const leader_node& node, const task_shape& shape,
                                                       const resource_sum& in_use);

}  // namespace dunlin

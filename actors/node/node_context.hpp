// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "actors/node/finished_box.hpp"
#include "actors/node/local_node.hpp"
#include "actors/node/node_messages.hpp"
#include "actors/process/process_host.hpp"

namespace dunlin {

/// What the parts of one node share. Written before the first actor starts, then only read; the handles that come
/// later are set before the first agent starts. Steps of a device may outlive the actors, so they never use `devices`:
/// those end first.
struct node_context : std::enable_shared_from_this<node_context> {
  local_node_config config;
  std::vector<agent_kind> kinds;
  std::vector<std::shared_ptr<device_port>> devices;
  std::vector<bool> has_host_memory;                                 ///< by device: it is a processor
  std::vector<std::unique_ptr<std::atomic<std::uint64_t>>> busy_ns;  ///< by device, measured
  std::shared_ptr<leader_channel> leader;
  std::shared_ptr<peer_channel> peers;
  std::shared_ptr<meeting_place> meeting;  ///< null = handlers join no groups
  std::shared_ptr<group_finder> groups;
  std::shared_ptr<node_events> events;
  std::unique_ptr<process_host> processes;  ///< null if no kind needs one
  std::function<time_point()> now;
  finished_box finished;                          ///< for the dispatcher
  std::atomic<std::uint32_t> awaiting_groups{0};  ///< handlers whose groups have not come together
  std::function<wall_ms()> wall;
  dispatcher_handle dispatcher;
  router_handle router;
  supervisor_handle supervisor;
  std::vector<coordinator_handle> coordinators;                          ///< by device
  std::map<std::string, shared_coordinator_handle> shared_coordinators;  ///< by the name that all nodes use

  [[nodiscard]] agent_address address_of(agent_id agent) const { return {config.name, config.life, agent}; }

  /// Returns how many bytes of the host the task may have, those of its device share among them where the device is a
  /// processor, but no more than the node lets a task have; 0 = it named no cap.
  [[nodiscard]] std::uint64_t host_bytes_of(const task_order& order) const {
    const bool shares_host = order.lease && has_host_memory[order.device.value];
    const auto named = order.memory_cap + (shares_host ? order.device_bytes : 0);
    return config.max_memory_per_task == 0 ? named : std::min(named, config.max_memory_per_task);
  }

  /// Returns how many it may have at most, whether it named a cap or not; 0 = no limit.
  [[nodiscard]] std::uint64_t most_bytes_of(const task_order& order) const {
    const auto cap = host_bytes_of(order);
    return cap == 0 ? config.max_memory_per_task : cap;
  }
};

/// Actors have copies of one pointer; what may outlive them (a step, a child's task) has one of `shared_from_this`,
/// which is counted apart.
using node_context_pointer = std::shared_ptr<node_context>;

}  // namespace dunlin

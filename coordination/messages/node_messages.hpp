// SPDX-License-Identifier: Apache-2.0
// What a node and its leader tell each other about the node: what it can run, that it lives, how it leaves.
// Each lists its fields once: CAF's `inspect` and the msgpack form on the link derive from that list.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/messages/task_messages.hpp"
#include "coordination/observe/device_figures.hpp"
#include "coordination/sharing/contract/contract_view.hpp"
#include "coordination/sharing/patterns/share_options.hpp"
#include "coordination/sharing/shared_device/shared_messages.hpp"
#include "coordination/tasks/task_record.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// A group of equal agents on a node.
struct agent_class {
  std::string kind;
  std::vector<std::string> capabilities;
  isolation_mode isolation = isolation_mode::thread;
  std::uint32_t instances = 1;
  std::string version;  ///< of the plugin or program that brought the kind
  static auto fields(auto& m) { return std::tie(m.kind, m.capabilities, m.isolation, m.instances, m.version); }
  friend bool operator==(const agent_class&, const agent_class&) = default;
};

/// A device as the rest of the swarm sees it.
struct device_summary {
  device_id id;
  std::string kind;  ///< `cpu` or `cuda`
  std::string name;
  std::uint32_t compute_units = 0;  ///< worker slots or SMs
  std::uint64_t memory_bytes = 0;
  std::string enforcement;      ///< `hard`, or why only `advisory`
  std::string shared_as = {};   ///< what all nodes that work on it call it; empty = it is this node's alone
  std::string quarantine = {};  ///< why nothing is placed on it any more; empty = it is in use
  static auto fields(auto& m) {
    return std::tie(m.id, m.kind, m.name, m.compute_units, m.memory_bytes, m.enforcement, m.shared_as, m.quarantine);
  }
  friend bool operator==(const device_summary&, const device_summary&) = default;
};

/// Node to leader, first message after the handshake and after every change: what it can run and what it runs.
struct node_report {
  static constexpr const char* wire_name = "node_report";
  std::string node;
  incarnation life;
  std::vector<agent_class> agents;
  std::vector<device_summary> devices;
  std::uint32_t max_concurrent = 32;  ///< tasks that may run at once
  std::uint32_t max_queued = 64;      ///< granted tasks that may wait beside them
  std::vector<task_epoch> held;       ///< leased and running tasks, for adoption after a leader change
  bool draining = false;
  std::uint64_t pid = 0;
  std::string http;                       ///< `127.0.0.1:PORT` of its own health page; may be empty
  std::uint64_t max_memory_per_task = 0;  ///< host bytes; 0 = no limit
  static auto fields(auto& m) {
    return std::tie(m.node, m.life, m.agents, m.devices, m.max_concurrent, m.max_queued, m.held, m.draining, m.pid,
                    m.http, m.max_memory_per_task);
  }
};

/// What a device did since its node started, and how it is shared.
struct device_load {
  device_id id;
  std::uint64_t busy_ns = 0;
  sharing_view sharing;
  std::uint64_t alarms = 0;  ///< how often its contracts and its use did not add up
  std::string alarm;         ///< the last time, in words
  std::string refusal;       ///< why it is not shared as it was last ordered to be; empty if it is

  /// Of its newest home that the node has heard of; 0 = none, or other nodes do not work on it.
  std::uint32_t epoch = 0;
  device_figures figures = {};
  static auto fields(auto& m) {
    return std::tie(m.id, m.busy_ns, m.sharing, m.alarms, m.alarm, m.refusal, m.epoch, m.figures);
  }
};

/// Node to leader, every 250 ms.
struct heartbeat {
  static constexpr const char* wire_name = "heartbeat";
  std::uint64_t sequence = 0;
  std::uint32_t running = 0;
  std::uint32_t queued = 0;
  std::uint32_t cpu_permille = 0;
  std::uint64_t rss_bytes = 0;
  milliseconds lateness{0};  ///< how late its own tick was
  std::uint32_t stuck_handlers = 0;
  std::vector<device_load> devices;
  static auto fields(auto& m) {
    return std::tie(m.sequence, m.running, m.queued, m.cpu_permille, m.rss_bytes, m.lateness, m.stuck_handlers,
                    m.devices);
  }
};

/// Leader to node: the answer, so that the node knows its leader lives. For a home it is the right to go on.
struct heartbeat_answer {
  static constexpr const char* wire_name = "heartbeat_answer";
  std::uint64_t sequence = 0;
  std::uint32_t term = 0;
  std::vector<home_notice> homes = {};  ///< of the devices that the node shares with others
  static auto fields(auto& m) { return std::tie(m.sequence, m.term, m.homes); }
};

/// Leader to node: share a device in another way from now on.
struct coordinate_order {
  static constexpr const char* wire_name = "coordinate_order";
  device_id device;
  share_options options;
  static auto fields(auto& m) { return std::tie(m.device, m.options); }
  friend bool operator==(const coordinate_order&, const coordinate_order&) = default;
};

/// Leader to node: finish, accept nothing new, then leave.
struct drain_order {
  static constexpr const char* wire_name = "drain_order";
  milliseconds patience{30'000};
  static auto fields(auto& m) { return std::tie(m.patience); }
};

/// Node to leader: left on purpose.
struct node_leaving {
  static constexpr const char* wire_name = "node_leaving";
  std::string why;
  static auto fields(auto& m) { return std::tie(m.why); }
};

/// Leader to every node: this node cannot be reached (any more). Life 0 = there is none of that name.
struct peer_lost {
  static constexpr const char* wire_name = "peer_lost";
  std::string node;
  incarnation life;
  std::string why;
  static auto fields(auto& m) { return std::tie(m.node, m.life, m.why); }
};

/// Leader to a node, where the overlay links more than each node to its leader: call that node.
struct introduction {
  static constexpr const char* wire_name = "introduction";
  std::string node;
  std::string host;
  std::uint16_t port = 0;
  static auto fields(auto& m) { return std::tie(m.node, m.host, m.port); }
};

}  // namespace dunlin

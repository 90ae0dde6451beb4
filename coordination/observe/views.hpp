// SPDX-License-Identifier: Apache-2.0
// What observers read: snapshots, never the state itself.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/messages.hpp"

namespace dunlin {

/// A node as the leader sees it.
struct node_view {
  std::string name;
  incarnation life;
  std::string state;  ///< `alive`, `suspect`, `down`, `draining` or `left`
  std::uint64_t pid = 0;
  std::uint32_t running = 0;
  std::uint32_t queued = 0;
  std::uint32_t max_concurrent = 0;
  std::uint32_t cpu_permille = 0;
  std::uint64_t rss_bytes = 0;
  std::uint64_t completed = 0;  ///< outcomes recorded from it
  std::vector<agent_class> agents;
  std::vector<device_summary> devices;
};

/// A group of agents on one node.
struct agent_view {
  std::string node;
  agent_class agents;
};

struct device_view {
  std::string node;
  device_summary device;
  sharing_view sharing;       ///< as its node last said
  std::uint64_t busy_ns = 0;  ///< measured, since start
  std::uint64_t alarms = 0;   ///< how often its contracts and its use did not add up
  std::string alarm;          ///< the last time, in words
  std::string refusal;        ///< why it is not shared as it was last ordered to be; empty if it is
  std::string home = {};      ///< the node that decides who holds it; empty = this one, and it is this one's alone
  std::uint32_t epoch = 0;    ///< rises with every home
  std::vector<std::string> sharers = {};  ///< all nodes that work on it; empty if it is this one's alone
  device_figures figures = {};            ///< as its node last said
};

/// One contract of the swarm, or one agent that waits for one.
struct lease_view {
  std::string node;
  device_id device;
  contract_view contract;
};

/// A lock that a task of the swarm holds, or waits for.
struct lock_view {
  std::string name;
  std::optional<task_id> holder;  ///< none = free: the first in line waits for another lock as well
  std::string holder_name;        ///< the submitter's own name for it; may be empty
  std::string node;               ///< where the holder runs; empty while it waits to be placed
  std::uint64_t held_ms = 0;      ///< since it took the lock, or since this leader came
  bool stopping = false;          ///< the holder was told to stop; the lock is free once it has
  std::optional<task_id> next;    ///< the first in line
  std::uint64_t waiting = 0;
};

/// Why one node was not, or was, chosen.
struct node_verdict {
  std::string node;
  bool eligible = false;
  std::string reason;  ///< the rejecting term, or the score
};

/// Why a task stands where it stands and what would change it.
struct task_explanation {
  task_id id;
  task_state state = task_state::pending;
  std::string summary;  ///< one sentence
  std::string change;   ///< what would change it; empty if nothing
  std::vector<node_verdict> nodes;
  std::vector<std::string> waits_for;  ///< names or ids of unfinished dependencies
};

/// One number or histogram with its labels, ready for the Prometheus text form.
struct metric {
  enum class kind_type : std::uint8_t { counter, gauge, histogram };
  std::string name;
  std::string help;
  kind_type kind = kind_type::gauge;
  std::vector<label> labels;
  double value = 0;
  std::vector<double> bucket_bounds = {};         ///< histogram only, rising, without +Inf
  std::vector<std::uint64_t> bucket_counts = {};  ///< one more than bounds, not cumulative
  double sum = 0;
};

struct metric_snapshot {
  std::vector<metric> metrics;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Everything one process of a swarm can be told; plain values, filled from flags, environment and TOML by `cli/`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// One process of a swarm: a node, and in the first process also the leader.
struct swarm_config {
  std::string cluster = "dunlin";
  std::string node = "node-1";
  bool quiet = false;     ///< says nothing about its nodes on the error stream
  std::string state_dir;  ///< store, tokens, secrets; created if missing, mode 0700
  std::string run_dir;    ///< where the host's processes claim cores; empty = the user's own, the same for all

  // -- who leads
  std::string join;             ///< `HOST:PORT` of the leader's link; empty = this process leads
  std::uint16_t link_port = 0;  ///< 0 = any free one; loopback only
  std::string secret_file;      ///< shared secret of the cluster; empty = `state_dir`/secret

  // -- the leader's
  bool http = true;
  std::uint16_t http_port = 8'080;  ///< 0 = any free one
  std::string token_file;           ///< empty = `state_dir`/token
  std::string store = "sqlite";     ///< `sqlite` or `memory`
  std::string store_path;           ///< empty = `state_dir`/tasks.db
  std::string policy = "capability";
  std::string shape = "star";  ///< who is linked with whom: `star`, each with the leader, or `mesh`, each with all
  std::uint32_t max_live_tasks = 1'000'000;
  duration result_ttl = 24h;

  // -- what bounds the messages between leader and nodes
  std::uint32_t batch_limit = 1'024;  ///< most grants or outcomes in one

  // -- the node's
  std::uint32_t max_concurrent = 32;
  std::uint32_t max_queued = 64;
  std::string isolation = "declared";     ///< of its kinds: as each declares, or `thread`, or `process`
  std::vector<std::string> kinds;         ///< of the program's kinds, those this node serves; empty = all
  std::vector<std::string> capabilities;  ///< that every agent here has beside its kind's own
  std::uint32_t cores = 0;                ///< to claim for the CPU device; 0 = one for each worker, or all
  std::uint32_t workers = 0;              ///< threads of the CPU device; 0 = one a core
  std::uint64_t memory_bytes = 0;         ///< of the CPU device; 0 = `memory_fraction` of the machine's
  double memory_fraction = 0.5;           ///< above 0, at most 1
  double gpu_memory_fraction = 0.8;       ///< of each GPU's memory; above 0, at most 1
  std::uint32_t num_streams = 8;          ///< of a GPU's holder, for what it does side by side
  std::string gpu_architecture = "any";   ///< `ampere`, `hopper`, ...: other GPUs are left alone
  /// Of products that name no precision: what a GPU may round factors to. `usual` = fp32, or what the architecture
  /// named is best at.
  std::string gpu_precision = "usual";
  std::string stream_priority = "normal";  ///< `high`: GPUs prefer this node's work to that of other processes
  std::uint64_t pool_min_bytes = 0;        ///< that the CPU device's pool takes at once and keeps
  std::uint64_t pool_max_bytes = 0;  ///< that it takes at most; 0 = the device's memory and what lies between blocks
  double pool_growth_factor = 1;     ///< 1 = grow by what is missing; 1.5 = by half of what it has
  std::uint64_t max_memory_per_task = 0;  ///< of the host's, a task's own cap included; 0 = no limit
  bool shares_cores = false;              ///< with the cluster's other nodes on this host that do: they take turns
  bool gpus = true;
  std::vector<std::string> process_allow;        ///< executables that tasks may run, absolute paths
  std::vector<std::string> process_environment;  ///< variables that tasks may set for them
};

}  // namespace dunlin

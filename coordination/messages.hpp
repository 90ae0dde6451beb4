// SPDX-License-Identifier: Apache-2.0
// Every message between the parts of a swarm. Each lists its fields once: CAF's `inspect` and the msgpack form on the
// link derive from that list. Append messages at the end and never reorder fields: the list is part of the join digest.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "coordination/tasks/task_record.hpp"
#include "coordination/types.hpp"

namespace dunlin {

// -- what a node tells the leader about itself

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
  std::string enforcement;  ///< `hard`, or why only `advisory`
  static auto fields(auto& m) { return std::tie(m.id, m.kind, m.name, m.compute_units, m.memory_bytes, m.enforcement); }
  friend bool operator==(const device_summary&, const device_summary&) = default;
};

/// A grant that a node still holds.
struct task_epoch {
  task_id id;
  fencing_token epoch = 0;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch); }
  friend bool operator==(const task_epoch&, const task_epoch&) = default;
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
  std::string http;  ///< `127.0.0.1:PORT` of its own health page; may be empty
  static auto fields(auto& m) {
    return std::tie(m.node, m.life, m.agents, m.devices, m.max_concurrent, m.max_queued, m.held, m.draining, m.pid,
                    m.http);
  }
};

/// What a device did since its node started, and who holds it.
struct device_load {
  device_id id;
  std::uint64_t busy_ns = 0;
  std::string pattern;  ///< the sharing pattern in force
  std::string holder;   ///< empty = free
  lease_id lease;
  fencing_token token = 0;
  std::uint32_t waiting = 0;  ///< agents in the device's queue
  static auto fields(auto& m) { return std::tie(m.id, m.busy_ns, m.pattern, m.holder, m.lease, m.token, m.waiting); }
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

/// Leader to node: the answer, so that the node knows its leader lives.
struct heartbeat_answer {
  static constexpr const char* wire_name = "heartbeat_answer";
  std::uint64_t sequence = 0;
  std::uint32_t term = 0;
  static auto fields(auto& m) { return std::tie(m.sequence, m.term); }
};

// -- grants and results

/// Most bytes of a payload and a checkpoint together: a grant of both, and its shape, fit into one frame of the link.
inline constexpr std::size_t max_grant_bytes = 240 * 1'024;

/// Most tasks that a node may hold at once, so that its report of them fits into one frame too.
inline constexpr std::size_t max_held_tasks = 4'096;

/// One task, granted to one node. `shape` indexes the shapes of its batch.
struct task_grant {
  task_id id;
  fencing_token epoch = 0;
  std::uint32_t attempt = 0;
  std::uint16_t shape = 0;
  std::uint8_t priority = 5;
  wall_ms deadline = 0;
  bytes payload;
  bytes checkpoint;          ///< what an earlier attempt saved; may be empty
  std::uint8_t variant = 0;  ///< which resources are kept for it: see `wish_of`
  static auto fields(auto& m) {
    return std::tie(m.id, m.epoch, m.attempt, m.shape, m.priority, m.deadline, m.payload, m.checkpoint, m.variant);
  }
};

/// Leader to node: run these. At most 1 024 grants.
struct grant_batch {
  static constexpr const char* wire_name = "grant_batch";
  std::vector<task_shape> shapes;
  std::vector<task_grant> grants;
  static auto fields(auto& m) { return std::tie(m.shapes, m.grants); }
};

/// How one attempt ended. `code` none = succeeded.
struct task_outcome {
  task_id id;
  fencing_token epoch = 0;
  errc code = errc::none;
  bool crashed = false;  ///< the host of the handler died; counts towards poison
  std::string why;
  bytes output;
  task_usage usage;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.code, m.crashed, m.why, m.output, m.usage); }
};

/// Node to leader. At most 1 024 outcomes. The node repeats a batch on every new connection until its receipt comes.
struct outcome_batch {
  static constexpr const char* wire_name = "outcome_batch";
  std::uint64_t sequence = 0;  ///< rises with every batch of a node's life
  std::vector<task_outcome> outcomes;
  static auto fields(auto& m) { return std::tie(m.sequence, m.outcomes); }
};

/// What the leader did with an outcome. Only `recorded` outcomes count; all three end the node's duty to repeat it.
enum class outcome_verdict : std::uint8_t { recorded, discarded, fenced };
constexpr outcome_verdict enum_last(outcome_verdict) noexcept { return outcome_verdict::fenced; }

struct outcome_receipt {
  task_id id;
  fencing_token epoch = 0;
  outcome_verdict verdict = outcome_verdict::recorded;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.verdict); }
  friend bool operator==(const outcome_receipt&, const outcome_receipt&) = default;
};

/// Leader to node: what was recorded; sent after the store has it.
struct receipt_batch {
  static constexpr const char* wire_name = "receipt_batch";
  std::uint64_t sequence = 0;  ///< of the outcome batch
  std::vector<outcome_receipt> receipts;
  static auto fields(auto& m) { return std::tie(m.sequence, m.receipts); }
};

/// Node to leader: these handlers have started.
struct start_batch {
  static constexpr const char* wire_name = "start_batch";
  std::vector<task_epoch> started;
  static auto fields(auto& m) { return std::tie(m.started); }
};

struct progress_item {
  task_id id;
  fencing_token epoch = 0;
  task_progress progress;
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.progress); }
};

/// Node to leader: newest progress only, at most every 100 ms a task.
struct progress_batch {
  static constexpr const char* wire_name = "progress_batch";
  std::vector<progress_item> items;
  static auto fields(auto& m) { return std::tie(m.items); }
};

struct checkpoint_item {
  task_id id;
  fencing_token epoch = 0;
  bytes state;  ///< at most 192 KiB
  static auto fields(auto& m) { return std::tie(m.id, m.epoch, m.state); }
};

/// Node to leader: newest checkpoints, kept for the next attempt.
struct checkpoint_batch {
  static constexpr const char* wire_name = "checkpoint_batch";
  std::vector<checkpoint_item> items;
  static auto fields(auto& m) { return std::tie(m.items); }
};

/// Node to leader, every 5 s: keeps the leases of its tasks alive.
struct lease_renewal {
  static constexpr const char* wire_name = "lease_renewal";
  std::uint64_t sequence = 0;
  std::vector<task_epoch> held;
  static auto fields(auto& m) { return std::tie(m.sequence, m.held); }
};

/// Leader to node: every named lease lives `remaining` longer, except the fenced ones.
struct lease_renewed {
  static constexpr const char* wire_name = "lease_renewed";
  std::uint64_t sequence = 0;
  milliseconds remaining{0};
  std::vector<task_epoch> fenced;
  static auto fields(auto& m) { return std::tie(m.sequence, m.remaining, m.fenced); }
};

/// Leader to node: stop this task, whatever it does.
struct cancel_order {
  static constexpr const char* wire_name = "cancel_order";
  task_epoch task;
  errc why = errc::cancelled;  ///< cancelled, expired or fenced_off
  static auto fields(auto& m) { return std::tie(m.task, m.why); }
};

/// Node to leader: these were granted here but not started, take them back (drain).
struct return_batch {
  static constexpr const char* wire_name = "return_batch";
  std::vector<task_epoch> tasks;
  static auto fields(auto& m) { return std::tie(m.tasks); }
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

// -- agents talk to agents

/// A user-defined message, on its way to an agent wherever it lives.
struct agent_call {
  static constexpr const char* wire_name = "agent_call";
  request_id request;  ///< of the sending node
  agent_address from;  ///< may be empty
  agent_address to;
  std::string type;  ///< wire name of the user's message type
  bytes body;
  milliseconds patience{3'000};
  static auto fields(auto& m) { return std::tie(m.request, m.from, m.to, m.type, m.body, m.patience); }
};

/// The answer to an `agent_call`, or why there is none.
struct agent_answer {
  static constexpr const char* wire_name = "agent_answer";
  request_id request;
  errc code = errc::none;
  std::string why;
  bytes body;
  static auto fields(auto& m) { return std::tie(m.request, m.code, m.why, m.body); }
};

/// Asks a node to start one more agent of a kind, or to name a running one.
struct agent_request {
  static constexpr const char* wire_name = "agent_request";
  request_id request;
  std::string kind;
  bool spawn = false;  ///< false: any running agent of that kind
  static auto fields(auto& m) { return std::tie(m.request, m.kind, m.spawn); }
};

struct agent_found {
  static constexpr const char* wire_name = "agent_found";
  request_id request;
  errc code = errc::none;
  std::string why;
  agent_address address;
  static auto fields(auto& m) { return std::tie(m.request, m.code, m.why, m.address); }
};

// -- between nodes that have no link of their own

/// Through the leader: deliver `body` to `to`. `kind` is one of the four above.
struct relayed {
  static constexpr const char* wire_name = "relayed";
  std::string from;
  incarnation from_life;
  std::string to;
  std::string kind;
  bytes body;
  static auto fields(auto& m) { return std::tie(m.from, m.from_life, m.to, m.kind, m.body); }
};

/// Leader to every node: this node cannot be reached (any more). Life 0 = there is none of that name.
struct peer_lost {
  static constexpr const char* wire_name = "peer_lost";
  std::string node;
  incarnation life;
  std::string why;
  static auto fields(auto& m) { return std::tie(m.node, m.life, m.why); }
};

/// Returns a digest of every core message's name and number of fields: two builds that differ refuse each other.
DUNLIN_EXPORT std::uint64_t core_message_digest() noexcept;

}  // namespace dunlin

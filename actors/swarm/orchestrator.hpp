// SPDX-License-Identifier: Apache-2.0
// The actor around the leader's decisions. Whatever arrives goes to `orchestration`; what that wants done is collected
// until the mailbox is drained, stored as one transaction, and performed in the order the commit barrier demands.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "actors/caf_messages.hpp"
#include "actors/swarm/node_channel.hpp"
#include "coordination/orchestration/orchestration.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// Called when tasks have ended, on the orchestrator's thread: be short.
using end_listener = std::function<void(std::vector<task_outcome>)>;

struct submit_command {
  std::vector<task_spec> batch;
  std::uint64_t listener = 0;  ///< of `add_listener`; 0 = none
  completion<std::vector<submit_answer>> done;
};

/// Names the function that `notify_ended` calls; it stays until the orchestrator ends.
struct add_listener {
  std::uint64_t listener = 0;
  end_listener call;
};

enum class task_verb : std::uint8_t { cancel, requeue };

struct task_command {
  task_verb verb = task_verb::cancel;
  task_id id;
  completion<task_id> done;
};

struct erase_command {
  std::vector<task_id> ids;
  completion<std::uint64_t> done;
};

struct drain_command {
  std::string node;                ///< empty = every node
  completion<std::uint64_t> done;  ///< how many nodes drain
};

struct coordinate_command {
  std::string node;
  coordinate_order order;
  completion<std::uint64_t> done;
};

/// Reads the leader's state, on its thread: be short.
struct leader_query {
  std::function<void(const orchestration&, instant)> read;
};

struct said_by_node {
  incarnation node;
  leader_message message;
};

struct node_disconnected {
  incarnation node;
  std::string why;
  std::uint32_t look = 0;  ///< how often its process was looked at already
};

struct commit_done {
  result<void> outcome;
};

struct orchestrator_parts {
  std::unique_ptr<orchestration> decisions;
  std::shared_ptr<store_port> store;
  std::shared_ptr<node_channel> nodes;
  std::function<instant()> now;
  duration tick = 100ms;
  std::function<void(std::string)> log;     ///< what an operator should know
  std::function<void(std::string)> on_end;  ///< this leader must end, and why: a newer one leads, or nothing is known
};

}  // namespace dunlin

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::submit_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::add_listener)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::task_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::erase_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::coordinate_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::drain_command)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::leader_query)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::said_by_node)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::node_disconnected)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::commit_done)

namespace dunlin {

using flush_atom = caf::atom_constant<caf::atom("flush")>;
using tick_atom = caf::atom_constant<caf::atom("tick")>;

using orchestrator_handle =
    caf::typed_actor<caf::reacts_to<submit_command>, caf::reacts_to<add_listener>, caf::reacts_to<task_command>,
                     caf::reacts_to<erase_command>, caf::reacts_to<coordinate_command>, caf::reacts_to<drain_command>,
                     caf::reacts_to<leader_query>, caf::reacts_to<said_by_node>, caf::reacts_to<node_disconnected>,
                     caf::reacts_to<commit_done>, caf::reacts_to<flush_atom>, caf::reacts_to<tick_atom>>;

/// Starts the leader. When it ends, whoever waits for an answer gets `shutting_down`.
DUNLIN_EXPORT orchestrator_handle spawn_orchestrator(caf::actor_system& system, orchestrator_parts parts);

}  // namespace dunlin

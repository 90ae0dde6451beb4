// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "coordination/effects.hpp"
#include "coordination/messages.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// Says something to one life of one node.
struct tell_node {
  incarnation node;
  std::variant<grant_batch, receipt_batch, lease_renewed, cancel_order, coordinate_order, drain_order, heartbeat_answer,
               priority_order>
      message;
};

/// Ends the connection to a node and tells it why.
struct cut_node {
  incarnation node;
  error why;
};

/// Answers a client's question. `request` is the shell's own number for it.
struct answer_submit {
  request_id request;
  result<std::vector<submit_answer>> answer;
};

struct answer_task {
  request_id request;
  result<task_id> answer;  ///< the shell adds the record
};

struct answer_count {
  request_id request;
  result<std::uint64_t> answer;
};

/// Tells whoever submitted that tasks have ended; once a task.
struct notify_ended {
  std::uint64_t listener = 0;
  std::vector<task_outcome> outcomes;
};

/// Something an operator should know, in words.
struct log_event {
  std::string text;
};

/// `peer_lost`: tell every node.
using leader_action =
    std::variant<tell_node, cut_node, peer_lost, answer_submit, answer_task, answer_count, notify_ended, log_event>;

using leader_effects = effects<leader_action>;

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "coordination/link/hello.hpp"
#include "coordination/messages.hpp"

namespace dunlin::test {

using core_messages =
    testing::Types<node_report, heartbeat, heartbeat_answer, grant_batch, outcome_batch, receipt_batch, start_batch,
                   progress_batch, checkpoint_batch, lease_renewal, lease_renewed, cancel_order, return_batch,
                   coordinate_order, drain_order, node_leaving, agent_call, agent_answer, agent_request, agent_found,
                   relayed, peer_lost, introduction, priority_order, sharer_state, home_state>;

using link_messages = testing::Types<link::hello, link::challenge, link::proof, link::welcome, link::refusal,
                                     link::goodbye, link::credit, link::ping>;

struct name_by_wire {
  template <class Message>
  static std::string GetName(int) {
    std::string out = Message::wire_name;
    for (auto& c : out)
      if (c == '.') c = '_';
    return out;
  }
};

}  // namespace dunlin::test

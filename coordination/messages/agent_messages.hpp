// SPDX-License-Identifier: Apache-2.0
// What agents say to each other, wherever they live.
// Each lists its fields once: CAF's `inspect` and the msgpack form on the link derive from that list.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>

#include "coordination/bytes.hpp"
#include "coordination/errc.hpp"
#include "coordination/tasks/task_spec.hpp"
#include "coordination/types.hpp"

namespace dunlin {

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

}  // namespace dunlin

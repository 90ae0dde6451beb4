// SPDX-License-Identifier: Apache-2.0
// What a handler in a child process may ask its node: the two questions of `task_context`.
#pragma once

#include <string>

#include "coordination/messages.hpp"

namespace dunlin {

/// `task_context::send`; the answer is the receiver's bytes.
struct child_call {
  static constexpr const char* wire_name = "child_call";
  agent_address to;
  std::string type;
  bytes body;
  milliseconds patience{3'000};
  static auto fields(auto& m) { return std::tie(m.to, m.type, m.body, m.patience); }
};

/// `task_context::find` and `spawn`; the answer is an `agent_address`.
struct child_find {
  static constexpr const char* wire_name = "child_find";
  std::string kind;
  std::string node;
  bool spawn = false;
  static auto fields(auto& m) { return std::tie(m.kind, m.node, m.spawn); }
};

}  // namespace dunlin

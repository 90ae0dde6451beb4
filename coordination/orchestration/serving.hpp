// SPDX-License-Identifier: Apache-2.0
// Which tasks a class of agents can run, and on which device. The leader asks it of a node's report, the node of its
// own agents.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include "coordination/messages.hpp"

namespace dunlin {

/// Returns a capability that the task asks for and the agents lack; empty if there is none.
inline std::string_view missing_capability(const agent_class& agents, const task_shape& shape) {
  for (const auto& wanted : shape.capabilities)
    if (std::ranges::find(agents.capabilities, wanted) == agents.capabilities.end()) return wanted;
  return {};
}

/// True if the task leaves its isolation to the kind, or asks for the one that these agents have.
inline bool gives_isolation(const agent_class& agents, const task_shape& shape) {
  return shape.isolation == isolation_mode::automatic || shape.isolation == agents.isolation;
}

inline bool serves(const agent_class& agents, const task_shape& shape) {
  return agents.kind == shape.kind && gives_isolation(agents, shape) && missing_capability(agents, shape).empty();
}

/// Returns the device that the task names, or the first.
inline device_id device_of(const task_shape& shape) noexcept {
  return {shape.where.device < 0 ? 0 : static_cast<std::uint64_t>(shape.where.device)};
}

}  // namespace dunlin

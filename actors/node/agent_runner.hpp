// SPDX-License-Identifier: Apache-2.0
// How an agent does its work, by the isolation of its kind. One object per agent, made with the agent's actor and used
// on its thread only.
#pragma once

#include <memory>

#include "actors/node/agent_bargainer.hpp"
#include "actors/node/node_context.hpp"

namespace dunlin {

class agent_runner {
 public:
  virtual ~agent_runner() = default;

  /// Begins a task; the dispatcher is told how it ends.
  virtual void start(agent_id self, task_order&& order) = 0;

  /// Asks the running task to stop.
  virtual void stop(const task_epoch& task, errc why) = 0;

  /// What the running task has done; nothing where nobody sees it.
  [[nodiscard]] virtual work_seen work() const { return {}; }

  /// Answers a message of another agent.
  virtual void deliver(agent_id self, agent_delivery&& message) = 0;
};

/// On the threads of a device: the handler may block, a cancel is a request.
std::unique_ptr<agent_runner> make_thread_runner(node_context_pointer node, const agent_kind& kind);

/// In the agent's actor: the handler returns at once.
std::unique_ptr<agent_runner> make_async_runner(node_context_pointer node, const agent_kind& kind);

/// In a child process: a cancel kills it.
std::unique_ptr<agent_runner> make_child_runner(node_context_pointer node, const agent_kind& kind);

/// Programs of the operator's list, for tasks of kind `command`.
std::unique_ptr<agent_runner> make_command_runner(node_context_pointer node);

/// Chooses by the kind.
std::unique_ptr<agent_runner> make_runner(node_context_pointer node, const agent_kind& kind);

}  // namespace dunlin

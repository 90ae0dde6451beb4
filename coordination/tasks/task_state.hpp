// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/export.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Where a task stands. The last five are terminal. Numbers are stored: never reuse one.
enum class task_state : std::uint8_t {
  pending = 0,    ///< accepted and stored; waits for a node
  leased = 1,     ///< granted to a node, not yet known to run
  running = 2,    ///< its handler has started
  backoff = 3,    ///< failed, waits to be tried again
  succeeded = 4,  ///< result recorded
  failed = 5,     ///< retries spent, or not retryable
  cancelled = 6,  ///< on request
  expired = 7,    ///< its deadline passed
  dead = 8,       ///< crashed its host too often
};

constexpr task_state enum_last(task_state) noexcept { return task_state::dead; }

constexpr bool is_terminal(task_state state) noexcept { return state >= task_state::succeeded; }

/// Why a task is pending. Numbers are stored: never reuse one.
enum class pending_reason : std::uint8_t {
  none = 0,          ///< ready, next in line
  dependencies = 1,  ///< waits for tasks it depends on
  not_before = 2,    ///< waits for a time
  capacity = 3,      ///< every eligible node is full
  no_node = 4,       ///< no live node can run it (the cluster shrank)
  locks = 5,         ///< waits for a lock that another task holds
};

constexpr pending_reason enum_last(pending_reason) noexcept { return pending_reason::locks; }

/// The transitions of the task table, numbered as T1 to T14 in the specification. Stored with every event.
enum class transition : std::uint8_t {
  submit = 1,
  grant = 2,
  start = 3,
  succeed = 5,
  lease_lost = 6,
  fail = 7,
  fail_last = 8,
  poison = 9,
  cancel = 10,
  cancel_requested = 11,
  expire = 12,
  adopt = 13,
  drain = 14,
  resume = 15,             ///< backoff is over: BACKOFF -> PENDING
  dependency_failed = 16,  ///< a dependency ended without success
  requeue = 17,            ///< an operator revived a terminal task
};

constexpr transition enum_last(transition) noexcept { return transition::requeue; }

/// Returns `pending`, `leased`, ...
DUNLIN_EXPORT std::string_view to_string(task_state state) noexcept;
DUNLIN_EXPORT std::string_view to_string(pending_reason reason) noexcept;
DUNLIN_EXPORT std::string_view to_string(transition which) noexcept;

/// Accepts our names and the source documents' (`completed` = succeeded, `processing` = running, `queued` = pending).
/// Errors: invalid_argument.
DUNLIN_EXPORT result<task_state> parse_task_state(std::string_view name);

}  // namespace dunlin

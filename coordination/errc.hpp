// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/export.hpp"

namespace dunlin {

/// Every reason for which Dunlin refuses or fails something. Numbers are stable and never reused.
enum class errc : std::uint8_t {
  none = 0,  ///< success
  // input
  invalid_argument = 1,     ///< a value is outside its range
  malformed = 2,            ///< bytes or text do not parse
  wrong_type = 3,           ///< a field has another type than documented
  unknown_field = 4,        ///< a key that no field has
  missing_field = 5,        ///< a required field is absent
  too_large = 6,            ///< over a documented size
  unknown_kind = 7,         ///< no node knows this task kind
  infeasible = 8,           ///< no live node could ever run it
  cyclic_dependency = 9,    ///< the dependency graph has a cycle
  unknown_dependency = 10,  ///< depends on a task that does not exist
  duplicate_key = 11,       ///< idempotency key known with another payload
  unknown_verb = 12,        ///< no such command or method
  // lookup and state
  not_found = 20,        ///< no such task, node, agent or device
  conflict = 21,         ///< the state does not allow it now
  already_running = 22,  ///< another instance holds the name, port or directory
  // capacity
  overloaded = 30,      ///< a queue is full; try again later
  quota_exceeded = 31,  ///< over a granted share
  no_credit = 32,       ///< the peer has not granted room to send
  // leases and fencing
  fenced_off = 40,     ///< a newer token or epoch exists
  lease_expired = 41,  ///< the deadline passed
  not_holder = 42,     ///< somebody else holds the lease
  stale_term = 43,     ///< a newer leader term is recorded
  // execution
  handler_failed = 50,     ///< the handler returned an error
  handler_threw = 51,      ///< the handler threw an exception
  crashed = 52,            ///< the process or agent that ran it died
  timeout = 53,            ///< ran longer than allowed
  cancelled = 54,          ///< cancelled on request
  expired = 55,            ///< its deadline passed before it finished
  dependency_failed = 56,  ///< a task it depends on did not succeed
  poisoned = 57,           ///< crashed its host too often
  output_too_large = 58,   ///< the result or output is over its limit
  not_allowed = 59,        ///< the operator has not allowed it
  stuck_handler = 60,      ///< ignored its cancel and was abandoned
  device_faulted = 61,     ///< a step broke its device, which is quarantined
  // peers and transport
  unreachable = 70,         ///< no connection
  link_down = 71,           ///< the connection ended before the answer
  protocol_violation = 72,  ///< the peer broke the protocol
  version_mismatch = 73,    ///< the peer speaks another version
  wrong_cluster = 74,       ///< the peer belongs to another cluster
  bad_secret = 75,          ///< the peer could not prove the cluster secret
  duplicate_name = 76,      ///< a live node already has this name
  address_refused = 77,     ///< not a loopback address and no TLS
  unauthorised = 78,        ///< missing or wrong token
  forbidden = 79,           ///< foreign Host or Origin
  // environment
  store_unavailable = 90,  ///< the store cannot accept writes now
  corrupt = 91,            ///< stored bytes fail their check
  io_failed = 92,          ///< an operating system call failed
  device_lost = 93,        ///< the device stopped answering
  not_supported = 94,      ///< not available on this machine or build
  shutting_down = 95,      ///< the node drains and accepts nothing new
  internal = 96,           ///< a broken invariant of our own
};

/// Returns the stable snake_case name of `code`, such as `unknown_kind`; `errc_unknown` for a number without a name.
DUNLIN_EXPORT std::string_view to_string(errc code) noexcept;

/// Returns the code with this name, or `errc::internal` if there is none.
DUNLIN_EXPORT errc errc_from_string(std::string_view name) noexcept;

}  // namespace dunlin

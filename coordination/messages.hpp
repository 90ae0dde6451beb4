// SPDX-License-Identifier: Apache-2.0
// Every message between the parts of a swarm. Append messages to the end of their list and never reorder fields: names
// and numbers of fields are part of the join digest.
#pragma once

#include <cstdint>

#include "coordination/export.hpp"
#include "coordination/messages/agent_messages.hpp"
#include "coordination/messages/node_messages.hpp"
#include "coordination/messages/task_messages.hpp"

namespace dunlin {

/// Returns a digest of every core message's name and number of fields: two builds that differ refuse each other.
DUNLIN_EXPORT std::uint64_t core_message_digest() noexcept;

}  // namespace dunlin

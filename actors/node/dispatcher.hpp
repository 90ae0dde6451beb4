// SPDX-License-Identifier: Apache-2.0
// The actor around a node's half of placement: what arrives goes to `node_dispatch`; grants are met with agents when
// the mailbox is drained, so that both directions are batched by backlog.
#pragma once

#include "actors/node/node_context.hpp"

namespace dunlin {

dispatcher_handle spawn_dispatcher(caf::actor_system& system, node_context_pointer node);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "actors/caf_messages.hpp"
#include "coordination/ports.hpp"

namespace dunlin {

/// Asks for the tasks that a filter means.
struct list_query {
  task_filter filter;
  completion<std::vector<task_record>> done;
};

}  // namespace dunlin

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(dunlin::list_query)

namespace dunlin {

using store_lister_handle = caf::typed_actor<caf::reacts_to<list_query>>;

/// Starts an actor with a thread of its own that lists the store's tasks: to look at a million of them takes a second,
/// in which nobody else should have to wait.
store_lister_handle spawn_store_lister(caf::actor_system& system, const std::shared_ptr<store_port>& store);

}  // namespace dunlin

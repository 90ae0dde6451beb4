// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/store_lister.hpp"

namespace dunlin {

namespace {

/// An exception would end the actor, and with it every list to come.
result<std::vector<task_record>> list_safely(store_port& store, const task_filter& filter) noexcept {
  try {
    return store.list(filter);
  } catch (const std::exception& thrown) {
    return fail(errc::store_unavailable, thrown.what());
  }
}

store_lister_handle::behavior_type lister(const std::shared_ptr<store_port>& store) {
  return {[store](list_query& query) { query.done(list_safely(*store, query.filter)); }};
}

}  // namespace

store_lister_handle spawn_store_lister(caf::actor_system& system, const std::shared_ptr<store_port>& store) {
  return system.spawn<caf::detached>(lister, store);
}

}  // namespace dunlin

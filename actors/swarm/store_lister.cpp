// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/store_lister.hpp"

namespace dunlin {

store_lister_handle spawn_store_lister(caf::actor_system& system, const std::shared_ptr<store_port>& store) {
  return system.spawn<caf::detached>([store]() -> store_lister_handle::behavior_type {
    return {[store](list_query& query) { query.done(store->list(query.filter)); }};
  });
}

}  // namespace dunlin

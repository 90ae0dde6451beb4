// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <unordered_set>

#include "net/gateway/gate.hpp"
#include "net/gateway/gateway.hpp"
#include "net/gateway/token_bucket.hpp"
#include "net/http/config.hpp"
#include "net/http/guest_book.hpp"

namespace dunlin::net {

class connection;

/// What the connections of one server share. Thread: the server's.
struct house {
  house(http_limits limits, gate door, service& swarm, std::shared_ptr<poster> home, std::function<wall_ms()> now)
      : limits(limits),
        door(std::move(door)),
        buckets({limits.requests_per_s, limits.burst}),
        guests(limits.connections, limits.connections_per_address),
        api(swarm, std::move(home), std::move(now)) {}

  /// Tells the metrics who is here.
  void count() noexcept { api.counters().set_connections(guests.size(), watchers); }

  http_limits limits;
  gate door;
  token_buckets buckets;
  guest_book guests;
  gateway api;
  std::unordered_set<connection*> open;
  std::size_t watchers = 0;
  bool closing = false;
  std::function<void()> on_last_left = [] {};  ///< once closing
};

}  // namespace dunlin::net

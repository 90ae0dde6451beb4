// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>

#include "net/gateway/exchange.hpp"

namespace dunlin::net {

/// Turns requests into calls of the service and its answers into HTTP, without a socket. Thread: home; `swarm` must
/// outlive it.
class DUNLIN_EXPORT gateway {
 public:
  gateway(service& swarm, std::shared_ptr<poster> home, std::function<wall_ms()> now);

  /// Starts one request that the gate has let in. `reply` runs once, at home, unless the exchange is abandoned.
  std::shared_ptr<exchange> handle(http_request request, exchange::reply_function reply);

  [[nodiscard]] request_counters& counters() noexcept { return context_.counters; }

 private:
  gateway_context context_;
};

}  // namespace dunlin::net

// SPDX-License-Identifier: Apache-2.0
#include "net/gateway/exchange.hpp"

namespace dunlin::net {

void exchange::answer(http_answer given) {
  if (is_over()) return;
  const auto reply = std::exchange(reply_, nullptr);
  given.route = route;
  reply(std::move(given));
}

}  // namespace dunlin::net

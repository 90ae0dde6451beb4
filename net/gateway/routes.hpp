// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "net/gateway/exchange.hpp"

namespace dunlin::net {

/// One line of the table: `{}` in a pattern takes one part of the path.
struct route {
  std::string_view method;
  std::string_view pattern;
  void (*handle)(exchange&);
};

std::span<const route> task_routes();
std::span<const route> cluster_routes();

/// True for the two addresses that answer without a token.
DUNLIN_EXPORT bool is_open_address(std::string_view target) noexcept;

/// Finds the route of the parsed target and runs it, or refuses: 404 names the nearest route, 405 the methods.
void run_route(exchange& call);

}  // namespace dunlin::net

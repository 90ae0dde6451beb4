// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "coordination/result.hpp"
#include "net/asio.hpp"

namespace dunlin::net {

/// Returns where `address`:`port` is. Errors: invalid_argument, address_refused (not loopback: there is no TLS yet).
result<tcp::endpoint> loopback_endpoint(const std::string& address, std::uint16_t port);

/// Listens on `where`. Errors: already_running (the port is in use), io_failed.
result<void> listen_on(tcp::acceptor& acceptor, const tcp::endpoint& where);

}  // namespace dunlin::net

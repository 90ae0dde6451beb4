// SPDX-License-Identifier: Apache-2.0
#include "net/link/endpoint.hpp"

namespace dunlin::net {

result<tcp::endpoint> loopback_endpoint(const std::string& address, std::uint16_t port) {
  error_code ec;
  const auto where = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, ec);
  if (ec) return fail(errc::invalid_argument, "'" + address + "' is not an address", "use 127.0.0.1 or ::1");
  if (!where.is_loopback())
    return fail(errc::address_refused, address + " is not a loopback address",
                "until links have TLS, nodes meet on one machine only; use 127.0.0.1");
  return tcp::endpoint{where, port};
}

result<void> listen_on(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  error_code ec;
  acceptor.open(where.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor.bind(where, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) return {};
  const auto words = "cannot listen for nodes on " + where.address().to_string() + " port " +
                     std::to_string(where.port()) + ": " + ec.message();
  if (ec == asio::error::address_in_use)
    return fail(errc::already_running, words, "another program has the port; choose another, or 0");
  return fail(errc::io_failed, words);
}

}  // namespace dunlin::net

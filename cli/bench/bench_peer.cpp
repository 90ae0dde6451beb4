// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/bench_peer.hpp"

#include <iostream>
#include <string>

#include "cli/bench/collectives/ring_member.hpp"
#include "cli/bench/link_echo.hpp"
#include "cli/bench/nats_baseline.hpp"
#include "cli/bench/remote_swarm.hpp"

/// tests/bench/floor/tcp_ping.cpp: nothing of ours is in it, so it has no header of ours.
extern "C" int tcp_ping_listen(std::uint16_t* port);
extern "C" void tcp_ping_serve(int listener);

namespace dunlin::bench {

namespace {

result<void> serve_tcp(std::ostream& out) {
  std::uint16_t port = 0;
  const auto listener = tcp_ping_listen(&port);
  if (listener < 0) return fail(errc::io_failed, "cannot listen");
  out << port << std::endl;
  tcp_ping_serve(listener);
  return {};
}

result<void> serve(const std::string& role, const std::string& order, std::istream& in, std::ostream& out) {
  const auto until_end = [&] {
    out << "ready" << std::endl;
    for (std::string line; std::getline(in, line);) continue;
  };
  if (role == "node") return serve_remote_node(order, until_end);
  if (role == "ring") return serve_ring_member(order, in, out);
  if (role == "echo") return serve_link_echo(order, until_end);
  if (role == "nats") return serve_nats(order, [] { std::cout << "ready" << std::endl; });
  if (role == "tcp") return serve_tcp(out);
  return fail(errc::malformed, "a bench has no role '" + role + "'");
}

}  // namespace

result<void> serve_bench_peer(std::istream& in, std::ostream& out) {
  std::string role;
  std::string order;
  in >> role;
  std::getline(in, order);
  auto served = serve(role, order, in, out);
  if (!served) out << to_string(served.error()) << std::endl;
  return served;
}

}  // namespace dunlin::bench

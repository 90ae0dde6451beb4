// SPDX-License-Identifier: Apache-2.0
// The floor of a round trip between two processes: one small write each way over a plain TCP socket. Nothing of ours is
// included.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

void without_delay(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool read_all(int socket, char* out, std::size_t count) {
  while (count > 0) {
    const auto got = ::recv(socket, out, count, 0);
    if (got <= 0) return false;
    out += got;
    count -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

/// Listens on a free port. Returns the socket, or -1.
extern "C" int tcp_ping_listen(std::uint16_t* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto where = loopback(0);
  socklen_t size = sizeof where;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&where), size) != 0 || ::listen(listener, 1) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return -1;
  *port = ntohs(where.sin_port);
  return listener;
}

/// Sends back what one caller sends, until it leaves.
extern "C" void tcp_ping_serve(int listener) {
  const int socket = ::accept(listener, nullptr, nullptr);
  ::close(listener);
  without_delay(socket);
  char text[4096];
  for (auto got = ::recv(socket, text, sizeof text, 0); got > 0; got = ::recv(socket, text, sizeof text, 0))
    if (::send(socket, text, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
  ::close(socket);
}

/// Returns a socket to that port, or -1.
extern "C" int tcp_ping_connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto where = loopback(port);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return -1;
  without_delay(socket);
  return socket;
}

/// Returns how many microseconds 64 bytes take there and back; negative if they do not come back.
extern "C" double tcp_ping_once(int socket) {
  char text[64] = {};
  const auto from = std::chrono::steady_clock::now();
  if (::send(socket, text, sizeof text, MSG_NOSIGNAL) != sizeof text || !read_all(socket, text, sizeof text)) return -1;
  return std::chrono::duration<double, std::micro>{std::chrono::steady_clock::now() - from}.count();
}

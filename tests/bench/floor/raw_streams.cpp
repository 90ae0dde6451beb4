// SPDX-License-Identifier: Apache-2.0
// The floor of moving arrays round a ring of processes: every process sends to the next one and receives from the last
// one at once, over plain TCP, and does nothing else. Nothing of ours is included.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

void set(int socket, int level, int option, int value) { ::setsockopt(socket, level, option, &value, sizeof value); }

void size_buffers(int socket, int buffer_bytes) {
  if (buffer_bytes == 0) return;  // as the kernel tunes them
  set(socket, SOL_SOCKET, SO_SNDBUF, buffer_bytes);
  set(socket, SOL_SOCKET, SO_RCVBUF, buffer_bytes);
}

/// One array that travels round and round until enough has gone.
struct one_way {
  int socket;
  char* array;
  std::size_t array_bytes;
  std::size_t bytes;
  std::size_t block;
  std::size_t done = 0;

  char* next() const { return array + done % array_bytes; }
  std::size_t room() const { return std::min({block, bytes - done, array_bytes - done % array_bytes}); }
  bool is_done() const { return done == bytes; }

  /// False at the end of the stream.
  bool count(ssize_t moved, bool may_wait) {
    if (moved < 0) return may_wait;
    done += static_cast<std::size_t>(moved);
    return moved > 0;
  }
  bool send_some(int flags) { return count(::send(socket, next(), room(), flags | MSG_NOSIGNAL), flags != 0); }
  bool receive_some(int flags) { return count(::recv(socket, next(), room(), flags), flags != 0); }
};

using clock_type = std::chrono::steady_clock;

/// `begun`: when both threads were there.
bool on_two_threads(one_way& out, one_way& in, clock_type::time_point& begun) {
  bool sent = true;
  std::barrier both{2, [&begun]() noexcept { begun = clock_type::now(); }};
  std::thread sender{[&] {
    both.arrive_and_wait();
    while (sent && !out.is_done()) sent = out.send_some(0);
  }};
  both.arrive_and_wait();
  bool received = true;
  while (received && !in.is_done()) received = in.receive_some(0);
  sender.join();
  return sent && received;
}

bool on_one_thread(one_way& out, one_way& in, clock_type::time_point& begun) {
  begun = clock_type::now();
  while (!out.is_done() || !in.is_done()) {
    const auto before = out.done + in.done;
    if (!out.is_done() && !out.send_some(MSG_DONTWAIT)) return false;
    if (!in.is_done() && !in.receive_some(MSG_DONTWAIT)) return false;
    if (out.done + in.done != before) continue;
    pollfd waiting[2] = {{out.is_done() ? -1 : out.socket, POLLOUT, 0}, {in.is_done() ? -1 : in.socket, POLLIN, 0}};
    if (::poll(waiting, 2, 10'000) <= 0) return false;
  }
  return true;
}

}  // namespace

/// Listens on a free port. Returns the socket, or -1.
extern "C" int raw_stream_listen(std::uint16_t* port) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto where = loopback(0);
  socklen_t size = sizeof where;
  if (listener < 0 || ::bind(listener, reinterpret_cast<sockaddr*>(&where), size) != 0 || ::listen(listener, 8) != 0 ||
      ::getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    return -1;
  *port = ntohs(where.sin_port);
  return listener;
}

/// Returns a socket to that port, or -1. `buffer_bytes` 0 = as the kernel tunes them.
extern "C" int raw_stream_connect(std::uint16_t port, int buffer_bytes) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const auto where = loopback(port);
  size_buffers(socket, buffer_bytes);
  if (socket < 0 || ::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0) return -1;
  set(socket, IPPROTO_TCP, TCP_NODELAY, 1);
  return socket;
}

/// Returns the next caller, or -1.
extern "C" int raw_stream_accept(int listener, int buffer_bytes) {
  const int socket = ::accept(listener, nullptr, nullptr);
  if (socket >= 0) size_buffers(socket, buffer_bytes);
  return socket;
}

/// Sends `bytes` out of one array and receives as many into the other, at once. Returns the seconds that it took from
/// when all its threads were there, or -1.
extern "C" double raw_stream_exchange(int out, int in, char* from, char* into, std::size_t array_bytes,
                                      std::size_t bytes, std::size_t block, int threads) {
  one_way there{out, from, array_bytes, bytes, block};
  one_way here{in, into, array_bytes, bytes, block};
  clock_type::time_point begun;
  const bool done = threads == 2 ? on_two_threads(there, here, begun) : on_one_thread(there, here, begun);
  return done ? std::chrono::duration<double>{clock_type::now() - begun}.count() : -1;
}

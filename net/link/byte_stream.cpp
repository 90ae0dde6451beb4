// SPDX-License-Identifier: Apache-2.0
#include "net/link/byte_stream.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace dunlin::net {

namespace {

constexpr std::size_t max_parts = 16;

/// The system gives as much of it as its own limit allows.
constexpr int buffer_bytes = 8 << 20;

/// Undoes what links want for their small messages.
constexpr int no_limit = -1;

void set(int socket, int level, int option, int value) noexcept {
  ::setsockopt(socket, level, option, &value, sizeof value);  // a socket without it is slower, not wrong
}

tl::unexpected<error> ended(const char* what) { return fail(errc::link_down, std::string{"a stream ended: "} + what); }

/// What a call that did nothing means.
result<std::size_t> nothing_or_end() {
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return 0;
  return ended(std::strerror(errno));
}

}  // namespace

byte_stream::byte_stream(int descriptor) noexcept : descriptor_(descriptor) {
  ::fcntl(descriptor_, F_SETFL, ::fcntl(descriptor_, F_GETFL) | O_NONBLOCK);
  set(descriptor_, SOL_SOCKET, SO_SNDBUF, buffer_bytes);
  set(descriptor_, SOL_SOCKET, SO_RCVBUF, buffer_bytes);
  set(descriptor_, IPPROTO_TCP, TCP_NODELAY, 1);
  set(descriptor_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, no_limit);
}

byte_stream& byte_stream::operator=(byte_stream&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  return *this;
}

result<std::pair<byte_stream, byte_stream>> byte_stream::make_pair() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return fail(errc::io_failed, std::string{"socketpair: "} + std::strerror(errno));
  return std::pair{byte_stream{ends[0]}, byte_stream{ends[1]}};
}

result<std::size_t> byte_stream::send_some(std::span<const bytes_view> parts) noexcept {
  std::array<iovec, max_parts> pieces;
  const auto count = std::min(parts.size(), max_parts);
  for (std::size_t i = 0; i < count; ++i) {
    // The system's interface takes a mutable pointer, and writes nothing there.
    pieces[i].iov_base = const_cast<std::byte*>(parts[i].data());
    pieces[i].iov_len = parts[i].size();
  }
  msghdr message{};
  message.msg_iov = pieces.data();
  message.msg_iovlen = count;
  const auto sent = ::sendmsg(descriptor_, &message, MSG_NOSIGNAL);
  return sent >= 0 ? result<std::size_t>{static_cast<std::size_t>(sent)} : nothing_or_end();
}

result<std::size_t> byte_stream::receive_some(std::span<std::byte> into) noexcept {
  const auto came = ::recv(descriptor_, into.data(), into.size(), 0);
  if (came == 0 && !into.empty()) return ended("the peer has closed it");
  return came >= 0 ? result<std::size_t>{static_cast<std::size_t>(came)} : nothing_or_end();
}

void byte_stream::close() noexcept {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

}  // namespace dunlin::net

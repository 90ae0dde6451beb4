// SPDX-License-Identifier: Apache-2.0
#include "tests/net/http/raw_connection.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace dunlin::test {

std::string raw_answer::header(std::string_view name) const {
  const auto start = head.find("\r\n" + std::string{name} + ": ");
  if (start == std::string::npos) return {};
  const auto from = start + name.size() + 4;
  return head.substr(from, head.find("\r\n", from) - from);
}

raw_connection::raw_connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval patience{5, 0};
  ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) std::abort();
}

raw_connection::~raw_connection() { ::close(socket_); }

bool raw_connection::send(std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool raw_connection::fill() {
  char some[16'384];
  const auto got = ::recv(socket_, some, sizeof some, 0);
  if (got <= 0) return false;
  read_.append(some, static_cast<std::size_t>(got));
  return true;
}

std::optional<std::string> raw_connection::read_until(std::string_view text) {
  while (read_.find(text) == std::string::npos)
    if (!fill()) return std::nullopt;
  const auto end = read_.find(text) + text.size();
  auto out = read_.substr(0, end);
  read_.erase(0, end);
  return out;
}

raw_answer raw_connection::read() {
  raw_answer out;
  const auto head = read_until("\r\n\r\n");
  if (!head) return out;
  out.head = *head;
  out.status = static_cast<unsigned>(std::atoi(out.head.c_str() + 9));
  const auto length = static_cast<std::size_t>(std::atol(out.header("Content-Length").c_str()));
  while (read_.size() < length && fill()) {
  }
  out.body = read_.substr(0, length);
  read_.erase(0, length);
  return out;
}

bool raw_connection::is_readable_within(int milliseconds) const {
  pollfd one{socket_, POLLIN, 0};
  return ::poll(&one, 1, milliseconds) > 0;
}

bool raw_connection::is_closed_by_peer() {
  char some[4'096];
  while (true) {
    const auto got = ::recv(socket_, some, sizeof some, 0);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) return true;
    if (got < 0) return false;
  }
}

std::string request(std::uint16_t port, std::string_view method, std::string_view target, std::string_view body,
                    std::string_view more_headers) {
  std::string out;
  ((((out += method) += ' ') += target) += " HTTP/1.1\r\nHost: 127.0.0.1:") += std::to_string(port);
  (out += "\r\nAuthorization: Bearer ") += test_token;
  out += "\r\n";
  out += more_headers;
  if (!body.empty()) out += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  return (out += "\r\n") += body;
}

}  // namespace dunlin::test

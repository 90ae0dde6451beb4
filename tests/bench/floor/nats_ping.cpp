// SPDX-License-Identifier: Apache-2.0
// Requests and replies through a NATS server, by its own text protocol over plain sockets: what is there is read and
// answered in one write. Nothing of ours is included. Source: NATS client protocol, docs.nats.io.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t payload_bytes = 64;

bool send_all(int socket, std::string_view text) {
  while (!text.empty()) {
    const auto sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

/// Reads messages as they come.
class reader {
 public:
  explicit reader(int socket) : socket_(socket) {}

  /// Waits for bytes; false at the end.
  bool fill() {
    text_.erase(0, at_);
    at_ = 0;
    const auto before = text_.size();
    text_.resize(before + 256 * 1'024);
    const auto got = ::recv(socket_, text_.data() + before, text_.size() - before, 0);
    text_.resize(before + (got > 0 ? static_cast<std::size_t>(got) : 0));
    return got > 0;
  }

  /// Takes the next line, or a message with its payload; false if none has come whole.
  bool next(std::string_view& head, std::string_view& payload) {
    const auto all = std::string_view{text_}.substr(at_);
    const auto end = all.find("\r\n");
    if (end == std::string_view::npos) return false;
    head = all.substr(0, end);
    payload = {};
    std::size_t used = end + 2;
    if (head.starts_with("MSG ")) {
      std::size_t size = 0;
      const auto digits = head.substr(head.rfind(' ') + 1);
      std::from_chars(digits.data(), digits.data() + digits.size(), size);
      if (all.size() < used + size + 2) return false;
      payload = all.substr(used, size);
      used += size + 2;
    }
    at_ += used;
    return true;
  }

 private:
  int socket_;
  std::string text_;
  std::size_t at_ = 0;
};

/// Returns the reply subject of `MSG subject sid reply size`.
std::string_view reply_of(std::string_view head) {
  const auto size_at = head.rfind(' ');
  const auto reply_at = head.rfind(' ', size_at - 1);
  return head.substr(reply_at + 1, size_at - reply_at - 1);
}

/// Says hello and subscribes; true once the server has answered the ping that follows.
bool enter(int socket, reader& in, std::string_view subject) {
  const auto words =
      "CONNECT {\"verbose\":false,\"pedantic\":false,\"protocol\":0}\r\nSUB " + std::string{subject} + " 1\r\nPING\r\n";
  if (!send_all(socket, words)) return false;
  std::string_view head;
  std::string_view payload;
  while (in.fill())
    while (in.next(head, payload))
      if (head == "PONG") return true;
  return false;
}

void add_request(std::string& out, std::uint64_t number) {
  char payload[payload_bytes] = {};
  std::memcpy(payload, &number, sizeof number);
  out += "PUB work inbox 64\r\n";
  out.append(payload, payload_bytes);
  out += "\r\n";
}

}  // namespace

extern "C" int nats_connect(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port);
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (socket >= 0 && ::connect(socket, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0) return socket;
  if (socket >= 0) ::close(socket);
  return -1;
}

/// Answers every request with its payload; calls `ready` once it listens, returns when the server leaves.
extern "C" void nats_respond(int socket, void (*ready)()) {
  reader in{socket};
  if (!enter(socket, in, "work")) return;
  ready();
  std::string out;
  std::string_view head;
  std::string_view payload;
  while (in.fill()) {
    while (in.next(head, payload)) {
      if (head == "PING") out += "PONG\r\n";
      if (!head.starts_with("MSG ")) continue;
      out.append("PUB ").append(reply_of(head)).append(" 64\r\n").append(payload).append("\r\n");
    }
    if (!send_all(socket, out)) return;
    out.clear();
  }
}

/// Returns answered requests per second with `window` under way; 0 if an answer is missing or wrong.
extern "C" double nats_request_rate(int socket, std::uint64_t count, std::uint64_t window) {
  reader in{socket};
  if (!enter(socket, in, "inbox")) return 0;
  std::vector<bool> seen(count);
  std::string out;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::string_view head;
  std::string_view payload;
  const auto from = std::chrono::steady_clock::now();
  while (received < count) {
    while (sent < count && sent - received < window) add_request(out, sent++);
    if (!send_all(socket, out) || !in.fill()) return 0;
    out.clear();
    while (in.next(head, payload)) {
      if (head == "PING") out += "PONG\r\n";
      if (!head.starts_with("MSG ")) continue;
      std::uint64_t number = count;
      if (payload.size() == payload_bytes) std::memcpy(&number, payload.data(), sizeof number);
      if (number >= count || seen[number]) return 0;
      seen[number] = true;
      ++received;
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
  return static_cast<double>(count) / took.count();
}

// SPDX-License-Identifier: Apache-2.0
#include "tests/net/link/scripted_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

#include "net/crypto/hmac.hpp"
#include "tests/net/link/link_record.hpp"

namespace dunlin::test {

namespace {

constexpr int patience_ms = 5'000;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

bool is_readable(int descriptor) {
  pollfd waiting{descriptor, POLLIN, 0};
  return ::poll(&waiting, 1, patience_ms) == 1;
}

link::session_config session_of(const scripted_peer::options& how) {
  link::session_config out;
  out.own = link_config_of(how.node, how.life).own;
  out.role = how.role;
  out.dialler = true;
  static_cast<void>(net::fill_random(out.challenge));
  return out;
}

}  // namespace

raw_socket::raw_socket(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const auto where = loopback(port);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&where), sizeof where) != 0)
    throw std::runtime_error("nobody listens");
}

raw_socket::raw_socket(adopted from) : descriptor_(from.descriptor) {}

raw_socket::~raw_socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool raw_socket::write(bytes_view raw) {
  while (!raw.empty()) {
    const auto written = ::send(descriptor_, raw.data(), raw.size(), MSG_NOSIGNAL);
    if (written <= 0) return false;
    raw = raw.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

bytes raw_socket::read() {
  bytes out(64 * 1'024);
  const auto count = is_readable(descriptor_) ? ::recv(descriptor_, out.data(), out.size(), 0) : 0;
  out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return out;
}

bool raw_socket::read_to_end(bytes& out) {
  while (is_readable(descriptor_)) {
    bytes chunk(64 * 1'024);
    const auto count = ::recv(descriptor_, chunk.data(), chunk.size(), 0);
    if (count <= 0) return true;
    out.insert(out.end(), chunk.begin(), chunk.begin() + count);
  }
  return false;
}

raw_listener::raw_listener() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  auto where = loopback(0);
  socklen_t size = sizeof where;
  if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&where), size) != 0 || ::listen(descriptor_, 8) != 0 ||
      ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&where), &size) != 0)
    throw std::runtime_error("cannot listen");
  port_ = ntohs(where.sin_port);
}

raw_listener::~raw_listener() { ::close(descriptor_); }

raw_socket raw_listener::accept() {
  if (!is_readable(descriptor_)) throw std::runtime_error("nobody calls");
  return raw_socket{raw_socket::adopted{::accept(descriptor_, nullptr, nullptr)}};
}

std::optional<link::refusal> refusal_in(bytes_view raw) {
  frame_cutter cutter;
  cutter.feed(raw);
  while (true) {
    const auto frame = cutter.next(link::max_frame_bytes);
    if (!frame || !*frame) return std::nullopt;
    const auto message = link::read_envelope(**frame);
    if (!message || message->kind != link::refusal::wire_name) continue;
    const auto refused = codec::from_wire<link::refusal>(message->body);
    return refused ? std::optional{*refused} : std::nullopt;
  }
}

scripted_peer::scripted_peer(std::uint16_t port, options how)
    : how_(std::move(how)),
      socket_(port),
      session_(session_of(how_), *this, time_point{}),
      out_(link::cluster_tag("flock"), incarnation{how_.life}) {
  if (how_.secret.empty()) how_.secret = flock_secret;
  session_.start(effects_);
  perform();
}

link::mac_tag scripted_peer::sign(bytes_view text) { return net::hmac_sha256(as_bytes(how_.secret), text); }
bool scripted_peer::verify(bytes_view text, bytes_view tag) { return net::equal_in_constant_time(sign(text), tag); }

bool scripted_peer::shake_hands() {
  while (!session_.is_open() && read()) continue;
  return session_.is_open();
}

bool scripted_peer::read() {
  const auto chunk = socket_.read();
  if (chunk.empty()) return false;
  session_.on_bytes(chunk, time_point{}, effects_);
  perform();
  return true;
}

bool scripted_peer::read_messages(std::size_t count) {
  while (messages_.size() < count && read()) continue;
  return messages_.size() >= count;
}

result<void> scripted_peer::send(std::string_view kind, bytes_view body) {
  if (auto sent = out_.send(kind, body); !sent) return sent;
  if (!flush()) return fail(errc::link_down);
  return {};
}

void scripted_peer::return_credit() {
  session_.consumed(std::exchange(unreturned_, {}), effects_);
  perform();
}

std::optional<error> scripted_peer::end() {
  while (!session_.is_closed() && read()) continue;
  if (!session_.is_closed()) return std::nullopt;
  bytes rest;
  return socket_.read_to_end(rest) ? std::optional{session_.why()} : std::nullopt;
}

void scripted_peer::perform() {
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    auto effect = std::move(effects_[i]);
    std::visit([this](auto& one) { see(one); }, effect);
  }
  effects_.clear();
  flush();
}

void scripted_peer::see(link::opened&) {
  constexpr link::window no_limit{1'000'000'000, 1'000'000'000'000};
  out_.open(session_.peer().who.life, how_.heeds_credit ? session_.peer().room : no_limit);
}

void scripted_peer::see(link::received& message) {
  messages_.emplace_back(as_text(message.body));
  const auto cost = link::cost_of(message.kind, message.body);
  if (how_.returns_credit)
    session_.consumed(cost, effects_);
  else
    unreturned_ += cost;
}

bool scripted_peer::flush() { return socket_.write(std::exchange(out_.pending(), {})); }

}  // namespace dunlin::test

// SPDX-License-Identifier: Apache-2.0
#include "net/link/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <chrono>
#include <utility>

namespace dunlin::net {

namespace {

constexpr std::size_t chunk_bytes = 256 * 1'024;

/// Bytes not yet sent that the kernel may hold: enough to keep loopback busy, little enough for a ping to pass.
constexpr int unsent_bytes = 256 * 1'024;

/// What `write_at_once` takes for a message that comes alone, and how long it may be.
constexpr auto alone_after = std::chrono::microseconds{20};
constexpr std::size_t small_bytes = 4 * 1'024;

/// Messages are bounded by credit, the link's own frames are not: more than this waits only for a peer that sends and
/// never reads.
constexpr std::size_t max_pending_bytes = 4 << 20;

/// How long a peer may take to read the last words.
constexpr auto farewell_within = std::chrono::seconds{1};

time_point now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

void tune(tcp::socket& socket) {
  error_code ignored;  // a socket without these options is slower, not wrong
  socket.set_option(tcp::no_delay{true}, ignored);
  ::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent_bytes, sizeof unsent_bytes);
}

}  // namespace

link_connection::link_connection(tcp::socket socket, const link::session_config& config, const link_limits& limits,
                                 connection_owner& owner, int target)
    : socket_(std::move(socket)),
      owner_(owner),
      backlog_limit_(limits.backlog_bytes),
      target_(target),
      session_(config, *this, now()),
      chunk_(chunk_bytes),
      handshake_within_(config.times.handshake_within),
      out_(link::cluster_tag(config.own.cluster), config.own.life) {
  tune(socket_);
}

void link_connection::begin() {
  session_.start(effects_);
  perform();
  read();
}

void link_connection::read() {
  if (is_stream())
    return socket_.async_read_some(
        asio::buffer(key_.data() + key_bytes_, key_.size() - key_bytes_),
        [self = shared_from_this()](error_code ec, std::size_t count) { self->on_stream_read(ec, count); });
  socket_.async_read_some(asio::buffer(chunk_),
                          [self = shared_from_this()](error_code ec, std::size_t count) { self->on_read(ec, count); });
}

void link_connection::on_read(const error_code& ec, std::size_t count) {
  if (ec) return lost(ec);
  if (!closing_) {
    session_.on_bytes(bytes_view{chunk_}.first(count), now(), effects_);
    perform();
  }
  if (socket_.is_open()) read();
}

void link_connection::on_stream_read(const error_code& ec, std::size_t count) {
  if (taken_) return;
  if (ec) return lost(ec);
  key_bytes_ += count;
  if (closing_) return close_socket();
  if (key_bytes_ < key_.size()) return read();
  owner_.on_stream(*this, key_);
}

result<byte_stream> link_connection::take_stream(const stream_key* announced) {
  if (announced != nullptr) {
    // Nothing was sent since the last of the handshake, which the peer has read: there is room.
    const auto sent = ::send(socket_.native_handle(), announced->data(), announced->size(), MSG_NOSIGNAL);
    if (sent != static_cast<ssize_t>(announced->size()))
      return fail(errc::link_down, "a stream ended before it was announced");
  }
  error_code ec;
  const auto descriptor = socket_.release(ec);
  if (ec) return fail(errc::link_down, "a stream cannot be taken over: " + ec.message());
  taken_ = true;
  return byte_stream{descriptor};
}

result<void> link_connection::send(std::string_view kind, bytes_view body) {
  bool wake = false;
  {
    const std::lock_guard lock{mutex_};
    auto sent = waiting_.empty() ? out_.send(kind, body) : fail(errc::no_credit);
    if (!sent && sent.error().code == errc::no_credit) {
      const auto cost = link::cost_of(kind, body).bytes;
      if (waiting_bytes_ + cost > backlog_limit_)
        return fail(errc::overloaded, "the peer does not keep up: " + std::to_string(waiting_bytes_) + " bytes wait",
                    "send less, or wait");
      waiting_.push_back({std::string{kind}, bytes{body.begin(), body.end()}});
      waiting_bytes_ += cost;
      return {};
    }
    if (!sent) return sent;
    wake = !write_at_once() && !std::exchange(flush_posted_, true);
  }
  if (wake) asio::post(socket_.get_executor(), [self = shared_from_this()] { self->flush(); });
  return {};
}

/// A message that comes alone is written by who sends it: waking the host's thread for it would take longer. Those that
/// come close together are left to that thread, which writes them all at once. Returns whether nothing is left to
/// write.
bool link_connection::write_at_once() {
  auto& pending = out_.pending();
  if (is_writing_ || flush_posted_ || pending.size() > small_bytes) return false;
  const auto at = now();
  if (at - std::exchange(last_write_, at) < alone_after) return false;
  const auto written = ::send(socket_.native_handle(), pending.data(), pending.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (written <= 0) return false;  // why not shows when the host's thread tries
  pending.erase(pending.begin(), pending.begin() + written);
  return pending.empty();
}

void link_connection::tick() {
  if (closing_ && now() - closing_since_ >= farewell_within) return close_socket();
  if (is_stream()) {  // nothing but the key may travel there, no ping either
    if (now() - opened_at_ >= handshake_within_) lost(asio::error::timed_out);
    return;
  }
  bool spoke = false;
  std::size_t unwritten = 0;
  {
    const std::lock_guard lock{mutex_};
    spoke = out_.take_spoke() || is_writing_;  // what waits for the peer to read says as much as a ping behind it
    unwritten = out_.pending().size();
  }
  session_.tick(now(), spoke, effects_);
  perform();
  if (unwritten > max_pending_bytes) say_goodbye(error{errc::overloaded, "the peer sends and does not read"});
}

void link_connection::consumed(const link::window& amount) {
  session_.consumed(amount, effects_);
  perform();
}

void link_connection::say_goodbye(const error& why) {
  said_goodbye_ = true;
  if (is_stream()) {
    report_end(why);
    return close_socket();
  }
  session_.say_goodbye(why, effects_);
  perform();
}

void link_connection::perform() {
  // What is performed may have more done, so the list grows meanwhile.
  for (std::size_t i = 0; i < effects_.size(); ++i) {
    auto effect = std::move(effects_[i]);
    std::visit([this](auto& one) { see(one); }, effect);
  }
  effects_.clear();
  flush();
}

void link_connection::see(link::say& said) {
  const std::lock_guard lock{mutex_};
  out_.say(said.kind, said.body);
}

void link_connection::see(link::opened&) {
  was_open_ = true;
  opened_at_ = now();
  {
    const std::lock_guard lock{mutex_};
    out_.open(session_.peer().who.life, session_.peer().room);
  }
  owner_.on_opened(*this);
}

void link_connection::see(link::received& message) {
  if (owner_.on_message(*this, message.kind, message.body))
    session_.consumed(link::cost_of(message.kind, message.body), effects_);
}

void link_connection::see(link::credit_returned& credit) {
  const std::lock_guard lock{mutex_};
  auto may_try = out_.add_credit(credit.consumed);
  if (!may_try)
    session_.violated(std::move(may_try.error()), effects_);
  else
    send_waiting();
}

void link_connection::see(link::closed& end) {
  peer_said_goodbye_ = end.how == link::ending::goodbye && !said_goodbye_;
  report_end(session_.why());
}

void link_connection::send_waiting() {
  while (!waiting_.empty()) {
    const auto& next = waiting_.front();
    if (!out_.send(next.kind, next.body)) return;
    waiting_bytes_ -= link::cost_of(next.kind, next.body).bytes;
    waiting_.pop_front();
  }
}

void link_connection::flush() {
  {
    const std::lock_guard lock{mutex_};
    flush_posted_ = false;
    if (is_writing_) return;
    std::swap(writing_, out_.pending());
    is_writing_ = !writing_.empty();
    if (is_writing_) last_write_ = now();
  }
  if (writing_.empty()) {
    if (closing_) close_for_sending();
    return;
  }
  asio::async_write(socket_, asio::buffer(writing_),
                    [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

void link_connection::on_written(const error_code& ec) {
  if (taken_) return;  // the last of the handshake
  writing_.clear();
  {
    const std::lock_guard lock{mutex_};
    is_writing_ = false;
  }
  if (ec) return lost(ec);
  flush();
}

void link_connection::lost(const error_code& ec) {
  const auto& who = session_.peer().who.node;
  report_end(error{
      errc::link_down,
      "the connection to " + (who.empty() ? std::string{"a peer"} : "node '" + who + "'") + " ended: " + ec.message()});
  close_socket();
}

void link_connection::report_end(error why) {
  if (std::exchange(closing_, true)) return;
  closing_since_ = now();
  why_ = std::move(why);
  {
    const std::lock_guard lock{mutex_};
    out_.close();
  }
  owner_.on_closed(*this);
}

void link_connection::close_for_sending() {
  error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void link_connection::close_socket() {
  if (!socket_.is_open()) return;
  error_code ignored;
  socket_.close(ignored);
  owner_.on_gone(*this);
}

}  // namespace dunlin::net

// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <boost/beast/http/write.hpp>

#include "net/http/connection.hpp"

namespace dunlin::net {

namespace {

constexpr std::size_t most_discarded = 2 * 1'024 * 1'024;
constexpr auto linger_time = std::chrono::seconds{1};
constexpr std::string_view still_here = ": nothing new\n\n";

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> every_answer{{
    {"Server", "dunlin"},
    {"Cache-Control", "no-store"},
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
}};

beast::string_view view(std::string_view text) noexcept { return {text.data(), text.size()}; }

}  // namespace

template <class Answer>
void connection::fill_headers(Answer& out, const http_answer& given) const {
  out.result(given.status);
  out.version(11);
  for (const auto& [name, content] : every_answer) out.set(view(name), view(content));
  out.set(http::field::content_type, given.content_type);
  for (const auto& [name, content] : given.headers) out.set(name, content);
  out.keep_alive(keep_alive_);
}

/// The gateway has answered, at once or later.
void connection::answer(http_answer given) {
  if (!waiting_) return;
  waiting_ = false;
  timer_.cancel();
  if (const auto call = std::exchange(call_, nullptr)) call->abandon();
  if (!stream_.socket().is_open()) return;
  if (given.stream) return begin_stream(std::move(given));
  count_and_write(std::move(given));
}

void connection::on_late() {
  auto late = refusal(error{errc::timeout, "the swarm did not answer in time", "see /readyz, then try again"});
  if (call_) late.route = call_->route;
  answer(std::move(late));
}

void connection::count_and_write(http_answer given) {
  const auto took = std::chrono::duration_cast<duration>(steady::now() - asked_);
  house_->api.counters().on_answer(given.route, given.status, took);
  write(std::move(given));
}

void connection::write(http_answer given) {
  response_.emplace();
  response_->body() = std::move(given.body);
  fill_headers(*response_, given);
  if (is_head_) response_->body().clear();  // an answer to HEAD has none, whatever it says
  response_->prepare_payload();
  writing_ = true;
  stream_.expires_after(house_->limits.write_deadline);
  http::async_write(stream_, *response_,
                    [self = shared_from_this()](error_code ec, std::size_t) { self->on_written(ec); });
}

void connection::on_written(error_code ec) {
  writing_ = false;
  response_.reset();
  if (ec) return close();
  keep_alive_ ? await_request() : linger();
}

/// Closing while the client still sends would reset the connection and could take our answer with it.
void connection::linger() {
  error_code ec;
  stream_.socket().shutdown(tcp::socket::shutdown_send, ec);
  if (ec || house_->closing) return close();
  stream_.expires_after(linger_time);
  discard(0);
}

void connection::discard(std::size_t so_far) {
  if (so_far > most_discarded) return close();
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(16'384), [self = shared_from_this(), so_far](error_code ec, std::size_t got) {
    ec ? self->close() : self->discard(so_far + got);
  });
}

void connection::begin_stream(http_answer given) {
  keep_alive_ = false;
  if (house_->watchers >= house_->limits.watchers) {
    auto full = refusal(error{errc::overloaded, "too many event streams are open", "read the list instead"});
    full.status = 503;
    full.route = given.route;
    return count_and_write(std::move(full));
  }
  house_->api.counters().on_answer(given.route, given.status, duration::zero());
  ++house_->watchers;
  house_->count();
  events_ = std::move(given.stream);
  streaming_since_ = last_written_ = steady::now();
  stream_head_.emplace();
  fill_headers(*stream_head_, given);
  head_writer_.emplace(*stream_head_);
  stream_.expires_after(house_->limits.write_deadline);
  http::async_write_header(stream_, *head_writer_, [self = shared_from_this()](error_code ec, std::size_t) {
    if (ec) return self->close();
    self->watch_for_leaving();
    self->look();
  });
}

/// A client that follows a stream has nothing to say: whatever makes its socket readable ends the stream.
void connection::watch_for_leaving() {
  stream_.socket().async_wait(tcp::socket::wait_read, [weak = weak_from_this()](error_code ec) {
    const auto self = weak.lock();
    if (!ec && self && self->events_) self->close();
  });
}

/// A look that brings nothing within the answer's deadline ends the stream; the client comes back if it wants more.
void connection::look() {
  stream_.expires_never();
  timer_.expires_after(house_->limits.answer_deadline);
  looking_ = true;
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec && self->looking_) self->close();
  });
  events_->look([weak = weak_from_this()](event_piece piece) {
    const auto self = weak.lock();
    if (!self || !self->stream_.socket().is_open()) return;
    self->looking_ = false;
    self->timer_.cancel();
    self->on_piece(std::move(piece));
  });
}

void connection::on_piece(event_piece piece) {
  const auto now = steady::now();
  piece_ = std::move(piece);
  if (piece_.text.empty() && now - last_written_ >= house_->limits.watch_beat) piece_.text = still_here;
  if (piece_.text.empty()) return piece_.last ? linger() : wait_for_news();
  last_written_ = now;
  stream_.expires_after(house_->limits.write_deadline);
  asio::async_write(stream_, asio::buffer(piece_.text), [self = shared_from_this()](error_code ec, std::size_t) {
    if (ec) return self->close();
    self->piece_.last ? self->linger() : self->wait_for_news();
  });
}

void connection::wait_for_news() {
  if (house_->closing || steady::now() - streaming_since_ >= house_->limits.watch_longest) return linger();
  timer_.expires_after(house_->limits.watch_poll);
  timer_.async_wait([self = shared_from_this()](error_code ec) {
    if (!ec && self->stream_.socket().is_open()) self->look();
  });
}

}  // namespace dunlin::net

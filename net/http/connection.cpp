// SPDX-License-Identifier: Apache-2.0
#include "net/http/connection.hpp"

#include <boost/beast/http/read.hpp>
#include <cmath>

#include "net/gateway/routes.hpp"

namespace dunlin::net {

namespace {

constexpr std::size_t buffer_bytes = 64 * 1'024;  // more than a header, so that the header's own limit speaks first
constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view view(beast::string_view text) noexcept { return {text.data(), text.size()}; }

credentials credentials_of(const http::fields& headers) {
  credentials out;
  out.host = view(headers[http::field::host]);
  out.hosts = headers.count(http::field::host);
  out.origin = view(headers[http::field::origin]);
  out.origins = headers.count(http::field::origin);
  out.authorization = view(headers[http::field::authorization]);
  out.authorizations = headers.count(http::field::authorization);
  return out;
}

time_point run_time(std::chrono::steady_clock::time_point now) {
  return time_point{std::chrono::duration_cast<duration>(now.time_since_epoch())};
}

http_answer with_status(http_answer out, unsigned status) {
  out.status = status;
  return out;
}

/// What a parser's refusal means to the client; nothing if there is nobody to tell.
std::optional<http_answer> answer_to(error_code ec) {
  if (ec == http::error::body_limit) return refusal(error{errc::too_large, "the body is over the limit"});
  if (ec == http::error::header_limit || ec == http::error::buffer_overflow)
    return with_status(refusal(error{errc::too_large, "the header is over the limit"}), 431);
  if (ec == http::error::bad_version)
    return with_status(refusal(error{errc::protocol_violation, "HTTP/1.0 and HTTP/1.1 are spoken here"}), 505);
  if (ec == http::error::end_of_stream || ec == http::error::partial_message) return {};
  if (ec.category() == http::make_error_code(http::error::bad_method).category())
    return refusal(error{errc::malformed, "not an HTTP request: " + ec.message()});
  return {};
}

http_request request_of(http::request<http::string_body>&& from) {
  http_request out;
  out.method = std::string{view(from.method_string())};
  out.target = std::string{view(from.target())};
  out.content_type = std::string{view(from[http::field::content_type])};
  out.accept = std::string{view(from[http::field::accept])};
  out.last_event_id = std::string{view(from["Last-Event-ID"])};
  out.body = std::move(from.body());
  return out;
}

}  // namespace

connection::connection(tcp::socket socket, std::string address, std::shared_ptr<house> inside)
    : house_(std::move(inside)),
      address_(std::move(address)),
      stream_(std::move(socket)),
      buffer_(buffer_bytes),
      timer_(stream_.get_executor()) {
  house_->open.insert(this);
}

connection::~connection() {
  house_->open.erase(this);
  house_->guests.leave(address_);
  if (events_) --house_->watchers;
  house_->count();
  if (house_->closing && house_->open.empty()) house_->on_last_left();
}

void connection::start() {
  error_code ignored;
  stream_.socket().set_option(tcp::no_delay{true}, ignored);
  read_header();
}

void connection::close() {
  error_code ignored;
  timer_.cancel();
  if (call_) call_->abandon();
  stream_.socket().close(ignored);
}

void connection::finish() {
  keep_alive_ = false;
  if (events_) return close();
  if (waiting_) return answer(refusal(error{errc::shutting_down, "the server is going down"}));
  if (!writing_) close();
}

void connection::await_request() {
  if (house_->closing) return close();
  if (buffer_.size() > 0) return read_header();
  stream_.expires_after(house_->limits.idle);
  stream_.async_read_some(buffer_.prepare(4'096), [self = shared_from_this()](error_code ec, std::size_t got) {
    if (ec) return self->close();
    self->buffer_.commit(got);
    self->read_header();
  });
}

void connection::read_header() {
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(house_->limits.header_bytes));
  parser_->body_limit(house_->limits.body_bytes);
  stream_.expires_after(house_->limits.header_deadline);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code ec, std::size_t) { self->on_header(ec); });
}

void connection::refuse_unread(error_code ec) {
  asked_ = steady::now();
  keep_alive_ = false;
  auto words = answer_to(ec);
  if (!words) return close();
  words->route = "unread";
  count_and_write(std::move(*words));
}

void connection::on_header(error_code ec) {
  if (ec) return refuse_unread(ec);
  asked_ = steady::now();
  ++served_;
  const auto& seen = parser_->get();
  is_head_ = seen.method() == http::verb::head;
  keep_alive_ = seen.keep_alive() && served_ < house_->limits.requests_per_connection;
  if (auto no = refused(seen)) {
    keep_alive_ = keep_alive_ && parser_->is_done();  // an unread body would be taken for the next request
    no->route = "refused";
    return count_and_write(std::move(*no));
  }
  stream_.expires_after(house_->limits.body_deadline);
  if (parser_->is_done()) return on_request();
  if (!beast::iequals(seen[http::field::expect], "100-continue")) return read_body();
  asio::async_write(stream_, asio::buffer(go_on), [self = shared_from_this()](error_code failed, std::size_t) {
    failed ? self->close() : self->read_body();
  });
}

std::optional<http_answer> connection::refused(const request_type& seen) {
  const auto wait = house_->buckets.take(address_, run_time(steady::now()));
  if (wait > duration::zero()) {
    auto out = refusal(error{errc::overloaded, "too many requests from this address", "ask less often"});
    const auto seconds = std::ceil(std::chrono::duration<double>(wait).count());
    out.headers.back().second = std::to_string(static_cast<long>(seconds));
    return out;
  }
  const auto coding = seen[http::field::transfer_encoding];
  if (!coding.empty() && !beast::iequals(coding, "chunked"))
    return refusal(error{errc::malformed, "the only transfer encoding here is chunked"});
  const auto needs_token = !is_open_address(view(seen.target()));
  if (auto let_in = house_->door.admit(credentials_of(seen), needs_token); !let_in) return refusal(let_in.error());
  return {};
}

void connection::read_body() {
  http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code ec, std::size_t) {
    ec ? self->refuse_unread(ec) : self->on_request();
  });
}

void connection::on_request() {
  stream_.expires_never();
  waiting_ = true;
  timer_.expires_after(house_->limits.answer_deadline);
  timer_.async_wait([self = shared_from_this(), number = served_](error_code ec) {
    if (!ec && self->waiting_ && self->served_ == number) self->on_late();
  });
  // The timer keeps the connection alive; the exchange must not, for the service may keep that beyond the server.
  auto call = house_->api.handle(request_of(parser_->release()), [weak = weak_from_this()](http_answer given) {
    if (const auto self = weak.lock()) self->answer(std::move(given));
  });
  if (waiting_) call_ = std::move(call);
}

}  // namespace dunlin::net

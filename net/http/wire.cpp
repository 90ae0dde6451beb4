// SPDX-License-Identifier: Apache-2.0
#include "net/http/wire.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <limits>
#include <optional>

#include "net/asio.hpp"

namespace dunlin::net {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

using steady = std::chrono::steady_clock;

/// The server closes an idle connection after 30 s; one kept for less than this is surely open.
constexpr auto fresh = std::chrono::seconds{10};
constexpr std::uint64_t most_answer_bytes = 256ULL * 1'024 * 1'024;

http::request<http::string_body> message_of(const wire_request& from, const client_config& config) {
  http::request<http::string_body> out;
  out.method_string(from.method);
  out.target(from.target);
  out.version(11);
  const bool v6 = config.address.find(':') != std::string::npos;
  out.set(http::field::host, (v6 ? '[' + config.address + ']' : config.address) + ':' + std::to_string(config.port));
  out.set(http::field::user_agent, "dunlin");
  out.set(http::field::accept, from.accept);
  if (!config.token.empty()) out.set(http::field::authorization, "Bearer " + config.token);
  if (!from.body.empty()) out.set(http::field::content_type, "application/json");
  out.body() = from.body;
  out.prepare_payload();
  return out;
}

}  // namespace

struct wire::state {
  client_config config;
  asio::io_context context{1};
  std::optional<beast::tcp_stream> stream;
  beast::flat_buffer buffer;
  steady::time_point last_used;

  result<void> connect();
  result<wire_answer> talk(const wire_request& request);
  result<wire_answer> read_along(const std::function<bool(std::string_view)>& take);
  error_code write(const http::request<http::string_body>& message);

  /// Runs one operation to its end. `start` gets the completion handler.
  template <class Start>
  error_code await(std::chrono::milliseconds deadline, Start start) {
    error_code outcome;
    context.restart();
    stream->expires_after(deadline);
    start([&outcome](error_code ec, auto&&...) { outcome = ec; });
    context.run();
    return outcome;
  }

  [[nodiscard]] error failed(const error_code& ec, std::string_view when) const {
    const auto where = config.address + ':' + std::to_string(config.port);
    if (ec == beast::error::timeout)
      return error{errc::timeout, where + " did not answer in time while " + std::string{when}};
    return error{errc::link_down,
                 "the connection to " + where + " ended while " + std::string{when} + ": " + ec.message()};
  }
};

result<void> wire::state::connect() {
  error_code ec;
  const auto address = asio::ip::make_address(config.address, ec);
  if (ec) return fail(errc::invalid_argument, "'" + config.address + "' is not a numeric address", "use 127.0.0.1");
  stream.emplace(context);
  buffer.clear();
  ec = await(config.connect_deadline, [&](auto done) {
    stream->async_connect(tcp::endpoint{address, config.port}, done);
  });
  if (!ec) {
    stream->socket().set_option(tcp::no_delay{true}, ec);
    return {};
  }
  stream.reset();
  const auto why = ec == beast::error::timeout ? std::string{"no answer in time"} : ec.message();
  return fail(errc::unreachable, "no swarm at " + config.address + ':' + std::to_string(config.port) + ": " + why,
              "start one with 'dunlin up', or name the right port");
}

error_code wire::state::write(const http::request<http::string_body>& message) {
  return await(config.answer_deadline, [&](auto done) { http::async_write(*stream, message, done); });
}

result<wire_answer> wire::state::talk(const wire_request& request) {
  const auto message = message_of(request, config);
  // A server that refuses early may answer and close while we still write: its answer counts, not our failed write.
  const auto unsent = write(message);
  if (unsent == beast::error::timeout) return fail(failed(unsent, "taking the request"));
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_answer_bytes);
  const auto ec = await(config.answer_deadline, [&](auto done) { http::async_read(*stream, buffer, parser, done); });
  if (ec.category() == http::make_error_code(http::error::bad_version).category() && ec != http::error::end_of_stream &&
      ec != http::error::partial_message)
    return fail(errc::protocol_violation, "the answer is not HTTP: " + ec.message(), "is this the swarm's HTTP port?");
  if (ec) return fail(failed(ec, "answering"));
  auto answer = parser.release();
  last_used = steady::now();
  if (!answer.keep_alive()) stream.reset();
  return wire_answer{answer.result_int(), std::move(answer.body())};
}

result<wire_answer> wire::state::read_along(const std::function<bool(std::string_view)>& take) {
  http::response_parser<http::string_body> parser;
  parser.body_limit(std::numeric_limits<std::uint64_t>::max());  // each piece is taken out at once
  while (!parser.is_done()) {
    const auto ec =
        await(config.answer_deadline, [&](auto done) { http::async_read_some(*stream, buffer, parser, done); });
    auto& body = parser.get().body();
    const bool told = parser.is_header_done() && parser.get().result_int() == 200 && !body.empty();
    if (told && !take(body)) break;
    if (told) body.clear();
    if (ec == http::error::end_of_stream) break;
    if (ec) return fail(failed(ec, "sending events"));
  }
  auto last = parser.release();
  return wire_answer{last.result_int(), std::move(last.body())};
}

wire::wire(client_config config) : state_(std::make_unique<state>()) { state_->config = std::move(config); }
wire::~wire() = default;

result<wire_answer> wire::ask(const wire_request& request) {
  auto& own = *state_;
  const bool kept = own.stream && steady::now() - own.last_used < fresh;
  if (!kept)
    if (auto connected = own.connect(); !connected) return fail(connected.error());
  auto answer = own.talk(request);
  if (!answer) own.stream.reset();
  if (!answer && request.method == "POST")
    answer.error().hint = "whether it was done is not known: list the tasks before you repeat it";
  // Reading twice does no harm: a kept connection may have been closed by a server that was restarted.
  const bool again = !answer && kept && request.method == "GET" && answer.error().code == errc::link_down;
  if (!again) return answer;
  if (auto connected = own.connect(); !connected) return fail(connected.error());
  answer = own.talk(request);
  if (!answer) own.stream.reset();
  return answer;
}

result<wire_answer> wire::follow(const wire_request& request, const std::function<bool(std::string_view)>& take) {
  auto& own = *state_;
  if (auto connected = own.connect(); !connected) return fail(connected.error());
  const auto unsent = own.write(message_of(request, own.config));
  auto answer = unsent ? result<wire_answer>{fail(own.failed(unsent, "taking the request"))} : own.read_along(take);
  own.stream.reset();
  return answer;
}

}  // namespace dunlin::net

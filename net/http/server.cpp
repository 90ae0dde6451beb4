// SPDX-License-Identifier: Apache-2.0
#include "net/http/server.hpp"

#include <chrono>
#include <exception>
#include <thread>
#include <vector>

#include "net/http/connection.hpp"
#include "net/http/mailbox.hpp"
#include "net/json/codec.hpp"

namespace dunlin::net {

namespace {

constexpr auto accept_pause = std::chrono::milliseconds{100};
constexpr auto last_second = std::chrono::seconds{1};

wall_ms wall_now() {
  using std::chrono::system_clock;
  return std::chrono::duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count();
}

result<tcp::endpoint> endpoint_of(const http_config& config) {
  error_code ec;
  const auto address = asio::ip::make_address(config.address == "localhost" ? "127.0.0.1" : config.address, ec);
  if (ec) return fail(errc::invalid_argument, "'" + config.address + "' is not an address", "use 127.0.0.1 or ::1");
  if (!address.is_loopback())
    return fail(errc::address_refused, config.address + " is not a loopback address",
                "without TLS the gateway serves this machine only; use 127.0.0.1");
  return tcp::endpoint{address, config.port};
}

error listen_failed(const tcp::endpoint& where, const error_code& ec) {
  const auto port = std::to_string(where.port());
  const auto words = "cannot listen on " + where.address().to_string() + " port " + port + ": " + ec.message();
  if (ec == asio::error::address_in_use)
    return error{errc::already_running, words,
                 "another program has the port ('ss -ltnp' names it); choose another, or 0"};
  if (ec == asio::error::access_denied)
    return error{errc::not_allowed, words, "ports below 1024 need rights; choose a higher one"};
  return error{errc::io_failed, words};
}

result<void> listen(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  error_code ec;
  acceptor.open(where.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor.bind(where, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (ec) return fail(listen_failed(where, ec));
  return {};
}

}  // namespace

/// The listener and what it owns. Built by the caller's thread; from `run` on, used by the server's.
struct http_server::state {
  asio::io_context context{1};
  std::shared_ptr<mailbox> home = std::make_shared<mailbox>(context);
  tcp::acceptor acceptor{context};
  asio::steady_timer pause{context};
  std::shared_ptr<house> inside;
  std::string url;
  std::uint16_t port = 0;
  std::thread thread;

  void accept();
  void on_accepted(error_code ec, tcp::socket socket);
  void turn_away(tcp::socket socket);
  void run();
  void finish();
};

void http_server::state::accept() {
  acceptor.async_accept([this](error_code ec, tcp::socket socket) { on_accepted(ec, std::move(socket)); });
}

void http_server::state::on_accepted(error_code ec, tcp::socket socket) {
  if (!acceptor.is_open()) return;
  if (ec) {  // out of descriptors, most likely: trying again at once would spin
    pause.expires_after(accept_pause);
    return pause.async_wait([this](error_code stopped) {
      if (!stopped && acceptor.is_open()) accept();
    });
  }
  const auto peer = socket.remote_endpoint(ec);
  const auto address = ec ? std::string{"unknown"} : peer.address().to_string();
  if (inside->guests.enter(address))
    std::make_shared<connection>(std::move(socket), address, inside)->start();
  else
    turn_away(std::move(socket));
  inside->count();
  accept();
}

/// Says 503 in one piece without waiting; a client that does not take it at once only sees the end.
void http_server::state::turn_away(tcp::socket socket) {
  static const auto body = json::to_json(error{errc::overloaded, "too many connections", "close those you do not use"});
  static const auto words =
      "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/json\r\nRetry-After: 1\r\nConnection: close\r\n"
      "Content-Length: " +
      std::to_string(body.size()) + "\r\n\r\n" + body;
  error_code ignored;
  inside->api.counters().on_refused_connection();
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(words), ignored);
  socket.shutdown(tcp::socket::shutdown_send, ignored);
}

void http_server::state::run() {
  while (true) {
    try {
      context.run();
      return;
    } catch (const std::exception&) {
      // One connection's work failed, and with it went the connection; the others go on.
    }
  }
}

void http_server::state::finish() {
  error_code ignored;
  inside->closing = true;
  acceptor.close(ignored);
  pause.cancel();
  for (auto* each : std::vector<connection*>{inside->open.begin(), inside->open.end()})
    each->shared_from_this()->finish();
  if (inside->open.empty()) return;
  inside->on_last_left = [this] { pause.cancel(); };
  pause.expires_after(last_second);
  pause.async_wait([this](error_code) {
    for (auto* each : std::vector<connection*>{inside->open.begin(), inside->open.end()})
      each->shared_from_this()->close();
  });
}

result<std::unique_ptr<http_server>> http_server::start(http_config config, service& swarm) {
  const auto where = endpoint_of(config);
  if (!where) return fail(where.error());
  if (config.token.empty()) return fail(errc::invalid_argument, "the HTTP gateway needs a token", {}, "token");
  auto own = std::make_unique<state>();
  if (auto listening = listen(own->acceptor, *where); !listening) return fail(listening.error());
  const auto bound = own->acceptor.local_endpoint();
  own->port = bound.port();
  own->url = "http://" + (bound.address().is_v6() ? "[::1]" : bound.address().to_string()) + ':' +
             std::to_string(bound.port());
  auto door = gate::for_loopback(std::move(config.token), own->port, config.more_hosts, config.more_origins);
  own->inside = std::make_shared<house>(config.limits, std::move(door), swarm, own->home, wall_now);
  own->accept();
  own->thread = std::thread([raw = own.get()] { raw->run(); });
  return std::unique_ptr<http_server>{new http_server{std::move(own)}};
}

http_server::http_server(std::unique_ptr<state> state) : state_(std::move(state)) {}

http_server::~http_server() {
  asio::post(state_->context, [raw = state_.get()] { raw->finish(); });
  state_->thread.join();
  state_->inside->on_last_left = [] {};
  state_->home->close();
}

std::uint16_t http_server::port() const noexcept { return state_->port; }
std::string http_server::url() const { return state_->url; }

}  // namespace dunlin::net

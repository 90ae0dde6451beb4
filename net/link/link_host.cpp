// SPDX-License-Identifier: Apache-2.0
#include "net/link/link_host.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/crypto/hmac.hpp"
#include "net/link/connection.hpp"

namespace dunlin::net {

namespace {

using connection_pointer = std::shared_ptr<link_connection>;

constexpr auto last_words = std::chrono::milliseconds{100};
constexpr auto accept_pause = std::chrono::milliseconds{100};

result<tcp::endpoint> endpoint_of(const std::string& address, std::uint16_t port) {
  error_code ec;
  const auto where = asio::ip::make_address(address == "localhost" ? "127.0.0.1" : address, ec);
  if (ec) return fail(errc::invalid_argument, "'" + address + "' is not an address", "use 127.0.0.1 or ::1");
  if (!where.is_loopback())
    return fail(errc::address_refused, address + " is not a loopback address",
                "until links have TLS, nodes meet on one machine only; use 127.0.0.1");
  return tcp::endpoint{where, port};
}

result<void> listen(tcp::acceptor& acceptor, const tcp::endpoint& where) {
  error_code ec;
  acceptor.open(where.protocol(), ec);
  if (!ec) acceptor.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec) acceptor.bind(where, ec);
  if (!ec) acceptor.listen(asio::socket_base::max_listen_connections, ec);
  if (!ec) return {};
  const auto words = "cannot listen for nodes on " + where.address().to_string() + " port " +
                     std::to_string(where.port()) + ": " + ec.message();
  if (ec == asio::error::address_in_use)
    return fail(errc::already_running, words, "another program has the port; choose another, or 0");
  return fail(errc::io_failed, words);
}

std::uint64_t random_bits() {
  std::array<std::byte, 8> raw{};
  static_cast<void>(fill_random(raw));  // only jitter: without randomness it is merely less spread
  return std::bit_cast<std::uint64_t>(raw);
}

/// A peer with the two connections to it.
struct link_peer {
  link::identity who;
  connection_pointer control;
  connection_pointer bulk;
  bool is_up = false;

  connection_pointer& slot(link::channel role) { return role == link::channel::control ? control : bulk; }
};

/// Whom this host dials, for as long as it lives.
struct dial_target {
  dial_target(asio::io_context& context, tcp::endpoint where, const link::redial_timing& timing)
      : where(std::move(where)), again(timing), timer(context) {}

  tcp::endpoint where;
  link::redial again;
  asio::steady_timer timer;
  bool is_waiting = false;  ///< for the timer
};

}  // namespace

class link_host::impl final : public connection_owner {
 public:
  impl(link_config config, link_events& events) : config_(std::move(config)), events_(events) {}

  result<void> open() {
    if (config_.secret.empty()) return fail(errc::invalid_argument, "a link needs the cluster's secret");
    auto where = endpoint_of(config_.address, config_.port);
    if (!where) return fail(std::move(where.error()));
    if (auto listening = listen(acceptor_, *where); !listening) return listening;
    port_ = acceptor_.local_endpoint().port();
    config_.own.port = port_;
    accept();
    tick_later();
    thread_ = std::thread{[this] { context_.run(); }};
    return {};
  }

  void close() {
    asio::post(context_, [this] { leave(); });
    thread_.join();
  }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  result<void> dial(const std::string& host, std::uint16_t port) {
    auto where = endpoint_of(host, port);
    if (!where) return fail(std::move(where.error()));
    asio::post(context_, [this, where = *where] {
      targets_.push_back(std::make_unique<dial_target>(context_, where, config_.redials));
      call(static_cast<int>(targets_.size()) - 1);
    });
    return {};
  }

  result<void> send(const std::string& node, std::string_view kind, bytes_view body, link::channel by) {
    connection_pointer to;
    {
      const std::lock_guard lock{mutex_};
      const auto at = by_name_.find(node);
      if (at != by_name_.end()) to = at->second->slot(by);
    }
    if (!to) return fail(errc::unreachable, "no link to node '" + node + "'", "`dunlin node list` shows who is here");
    return to->send(kind, body);
  }

  void disconnect(incarnation life, const error& why) {
    asio::post(context_, [this, life, why] {
      const auto at = peers_.find(life.value);
      if (at == peers_.end()) return;
      const auto peer = at->second;
      for (const auto& each : {peer->control, peer->bulk})
        if (each) each->say_goodbye(why);
    });
  }

 private:
  // -- listening and dialling

  void accept() {
    acceptor_.async_accept([this](error_code ec, tcp::socket socket) {
      if (leaving_) return;
      if (ec) {  // out of descriptors, most likely: try again soon
        pause_.expires_after(accept_pause);
        pause_.async_wait([this](error_code cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      if (strangers() < config_.limits.strangers) meet(std::move(socket), link::channel::control, -1);
      accept();
    });
  }

  [[nodiscard]] std::size_t strangers() const {
    return static_cast<std::size_t>(std::ranges::count_if(connections_, [](const auto& c) { return !c->was_open(); }));
  }

  void call(int target) {
    for (const auto role : {link::channel::control, link::channel::bulk}) {
      auto socket = std::make_shared<tcp::socket>(context_);
      socket->async_connect(targets_[static_cast<std::size_t>(target)]->where,
                            [this, socket, role, target](error_code ec) { on_called(ec, *socket, role, target); });
    }
  }

  void on_called(const error_code& ec, tcp::socket& socket, link::channel role, int target) {
    if (leaving_) return;
    if (!ec) return meet(std::move(socket), role, target);
    const auto& where = targets_[static_cast<std::size_t>(target)]->where;
    const auto words = "nobody answers on " + where.address().to_string() + " port " + std::to_string(where.port()) +
                       ": " + ec.message();
    if (call_later(target)) events_.on_refused(error{errc::unreachable, words, "is the leader running?"}, true);
  }

  /// Returns false if that is under way already.
  bool call_later(int target) {
    auto& at = *targets_[static_cast<std::size_t>(target)];
    if (leaving_ || std::exchange(at.is_waiting, true)) return false;
    at.timer.expires_after(at.again.next(random_bits()));
    at.timer.async_wait([this, target, &at](error_code cancelled) {
      if (cancelled) return;
      at.is_waiting = false;
      call(target);
    });
    return true;
  }

  void meet(tcp::socket socket, link::channel role, int target) {
    link::session_config config{config_.own, role, target >= 0, {}, config_.times};
    if (!fill_random(config.challenge)) return;
    auto added = std::make_shared<link_connection>(std::move(socket), config, config_.limits, *this, target);
    connections_.insert(added);
    added->begin();
  }

  // -- what connections ask and tell

  link::mac_tag sign(bytes_view text) override { return hmac_sha256(as_bytes(config_.secret), text); }
  bool verify(bytes_view text, bytes_view tag) override { return equal_in_constant_time(sign(text), tag); }

  result<void> admit(link_connection& which, const link::hello& peer) override {
    if (leaving_) return fail(errc::shutting_down, "node '" + config_.own.node + "' is stopping");
    for (const auto& [life, known] : peers_) {
      if (known->who.node == peer.who.node && known->who.life != peer.who.life)
        return fail(errc::duplicate_name, "a node '" + peer.who.node + "' is here already",
                    "give the second one another name");
      if (known->who.life == peer.who.life && known->slot(peer.role) && known->slot(peer.role).get() != &which)
        return fail(errc::conflict, "node '" + peer.who.node + "' has this connection already");
    }
    if (peers_.size() >= config_.limits.peers)
      return fail(errc::overloaded, "node '" + config_.own.node + "' has " + std::to_string(peers_.size()) + " peers");
    return {};
  }

  void on_opened(link_connection& which) override {
    auto& peer = peers_[which.peer().who.life.value];
    if (!peer) peer = std::make_shared<link_peer>();
    peer->who = which.peer().who;
    {
      const std::lock_guard lock{mutex_};
      peer->slot(which.role()) = which.shared_from_this();
      if (!peer->control || !peer->bulk) return;
      peer->is_up = true;
      by_name_[peer->who.node] = peer;
    }
    if (which.target() >= 0) targets_[static_cast<std::size_t>(which.target())]->again.succeeded();
    events_.on_peer_up(peer->who);
  }

  void on_message(link_connection& which, std::string_view kind, bytes_view body) override {
    events_.on_message(which.peer().who, kind, body);
  }

  void on_closed(link_connection& which) override {
    const auto keep = which.shared_from_this();
    connections_.erase(keep);
    const auto target = which.target();
    if (which.was_open())
      unpair(which);
    else if (!leaving_)
      events_.on_refused(which.why(), target >= 0);
    if (target >= 0) call_later(target);
  }

  /// One connection of a peer has ended, so the other one has to.
  void unpair(link_connection& which) {
    const auto at = peers_.find(which.peer().who.life.value);
    if (at == peers_.end()) return;
    const auto peer = at->second;
    const bool was_up = std::exchange(peer->is_up, false);
    {
      const std::lock_guard lock{mutex_};
      peer->slot(which.role()) = nullptr;
      if (const auto named = by_name_.find(peer->who.node); named != by_name_.end() && named->second == peer)
        by_name_.erase(named);
    }
    const auto other = peer->control ? peer->control : peer->bulk;
    if (!other) peers_.erase(at);
    if (was_up && !leaving_) events_.on_peer_down(peer->who, which.why());
    if (other) other->say_goodbye(which.why());
  }

  // -- time and the end

  void tick_later() {
    timer_.expires_after(config_.times.tick);
    timer_.async_wait([this](error_code cancelled) {
      if (cancelled || leaving_) return;
      const std::vector<connection_pointer> all{connections_.begin(), connections_.end()};
      for (const auto& each : all) each->tick();
      tick_later();
    });
  }

  void leave() {
    leaving_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    for (const auto& target : targets_) target->timer.cancel();
    const std::vector<connection_pointer> all{connections_.begin(), connections_.end()};
    const error why{errc::shutting_down, "node '" + config_.own.node + "' is stopping"};
    for (const auto& each : all) each->say_goodbye(why);
    // What was said leaves the socket soon; whoever does not read it is not waited for.
    timer_.expires_after(all.empty() ? std::chrono::milliseconds{0} : last_words);
    timer_.async_wait([this](error_code) { context_.stop(); });
    pause_.cancel();
  }

  link_config config_;
  link_events& events_;
  asio::io_context context_{1};
  tcp::acceptor acceptor_{context_};
  asio::steady_timer timer_{context_};
  asio::steady_timer pause_{context_};
  std::vector<std::unique_ptr<dial_target>> targets_;
  std::set<connection_pointer> connections_;
  std::unordered_map<std::uint64_t, std::shared_ptr<link_peer>> peers_;  ///< by life; changed on the host's thread
  std::uint16_t port_ = 0;
  bool leaving_ = false;
  std::thread thread_;

  std::mutex mutex_;  ///< guards the slots of peers and `by_name_`, which `send` reads from any thread
  std::map<std::string, std::shared_ptr<link_peer>> by_name_;  ///< peers that are up
};

result<std::unique_ptr<link_host>> link_host::start(link_config config, link_events& events) {
  auto started = std::make_unique<impl>(std::move(config), events);
  if (auto opened = started->open(); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<link_host>{new link_host{std::move(started)}};
}

link_host::link_host(std::unique_ptr<impl> impl) : impl_(std::move(impl)) {}
link_host::~link_host() { impl_->close(); }
std::uint16_t link_host::port() const noexcept { return impl_->port(); }
result<void> link_host::dial(const std::string& host, std::uint16_t port) { return impl_->dial(host, port); }
result<void> link_host::send(const std::string& node, std::string_view kind, bytes_view body, link::channel by) {
  return impl_->send(node, kind, body, by);
}
void link_host::disconnect(incarnation life, const error& why) { impl_->disconnect(life, why); }

}  // namespace dunlin::net

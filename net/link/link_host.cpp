// SPDX-License-Identifier: Apache-2.0
#include "net/link/link_host.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "net/crypto/hmac.hpp"
#include "net/link/connection.hpp"
#include "net/link/dialler.hpp"
#include "net/link/endpoint.hpp"
#include "net/link/peer_table.hpp"
#include "net/link/stream_calls.hpp"

namespace dunlin::net {

namespace {

constexpr auto last_words = std::chrono::milliseconds{100};
constexpr auto accept_pause = std::chrono::milliseconds{100};

time_point now() {
  return time_point{std::chrono::duration_cast<duration>(std::chrono::steady_clock::now().time_since_epoch())};
}

}  // namespace

namespace {

/// Stands for the target of streams, which no dialler calls.
constexpr int once_for_a_stream = std::numeric_limits<int>::max();

}  // namespace

class link_host::impl final : public connection_owner, public dial_owner {
 public:
  impl(link_config config, link_events& events)
      : config_(std::move(config)),
        events_(events),
        dialler_(context_, config_.redials, *this),
        peers_(config_.limits.peers, config_.times.handshake_within) {}

  result<void> open() {
    if (config_.secret.empty())
      return fail(errc::invalid_argument, "a link needs the cluster's secret", "give a secret file");
    auto where = loopback_endpoint(config_.address, config_.port);
    if (!where) return fail(std::move(where.error()));
    if (auto listening = listen_on(acceptor_, *where); !listening) return listening;
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

  result<void> dial(const std::string& host, std::uint16_t port, bool once) {
    auto where = loopback_endpoint(host, port);
    if (!where) return fail(std::move(where.error()));
    asio::post(context_, [this, where = *where, once] { dialler_.add(where, once); });
    return {};
  }

  result<void> open_stream(const std::string& host, std::uint16_t port, std::shared_ptr<stream_call> call) {
    auto where = loopback_endpoint(host, port);
    if (!where) return fail(std::move(where.error()));
    asio::post(context_, [this, where = *where, call = std::move(call)] { streams_.call(where, call); });
    return {};
  }

  result<void> send(const std::string& node, std::string_view kind, bytes_view body, link::channel by) {
    const auto to = peers_.find(node, by);
    if (!to) return fail(errc::unreachable, "no link to node '" + node + "'", "`dunlin node list` shows who is here");
    return to->send(kind, body);
  }

  void disconnect(incarnation life, const error& why) {
    asio::post(context_, [this, life, why] {
      if (const auto peer = peers_.of(life)) part(*peer, why);
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

  /// Those that this host has called are none.
  [[nodiscard]] std::size_t strangers() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(connections_, [](const auto& c) { return c->target() < 0 && !c->was_open(); }));
  }

  void on_answer(tcp::socket socket, link::channel role, int target) override { meet(std::move(socket), role, target); }

  void on_no_answer(const error& why) override { events_.on_refused(why, true); }

  void meet(tcp::socket socket, link::channel role, int target) {
    auto added = make_connection(std::move(socket), role, target);
    if (added != nullptr) return added->begin();
    if (target >= 0) dialler_.lost(target, role);
  }

  /// Returns null if there is no randomness for its challenge.
  connection_pointer make_connection(tcp::socket socket, link::channel role, int target) {
    link::session_config config{config_.own, role, target >= 0, {}, config_.times};
    if (!fill_random(config.challenge)) return nullptr;
    auto added = std::make_shared<link_connection>(std::move(socket), config, config_.limits, *this, target);
    connections_.insert(added);
    return added;
  }

  // -- streams

  link_connection* meet_for_stream(tcp::socket socket) {
    return make_connection(std::move(socket), link::channel::stream, once_for_a_stream).get();
  }

  void on_stream(link_connection& which, const stream_key& key) override {
    auto stream = which.take_stream(nullptr);
    if (!stream) return which.say_goodbye(stream.error());
    on_gone(which);
    events_.on_stream(which.peer().who, key, std::move(*stream));
  }

  void on_stream_opened(link_connection& which) {
    if (streams_.on_opened(which) && which.was_taken()) on_gone(which);
  }

  void on_stream_closed(const link_connection& which) {
    if (!streams_.on_closed(which) && !which.was_open() && !leaving_) events_.on_refused(which.why(), false);
  }

  // -- what connections ask and tell

  link::mac_tag sign(bytes_view text) override { return hmac_sha256(as_bytes(config_.secret), text); }
  bool verify(bytes_view text, bytes_view tag) override { return equal_in_constant_time(sign(text), tag); }

  result<void> admit(link_connection& which, const link::hello& peer) override {
    if (leaving_) return fail(errc::shutting_down, "node '" + config_.own.node + "' is stopping");
    if (peer.role == link::channel::stream) return {};
    if (which.target() < 0 && config_.own.life < peer.who.life && is_calling(peer))
      return fail(errc::conflict, "node '" + config_.own.node + "' is calling node '" + peer.who.node + "' itself");
    return peers_.admit(which, peer);
  }

  /// Two hosts that call each other at once: the lower life decides, and its own calls win.
  [[nodiscard]] bool is_calling(const link::hello& peer) const {
    return std::ranges::any_of(connections_, [&peer](const auto& each) {
      return each->target() >= 0 && each->was_admitted() && each->peer().who.life == peer.who.life &&
             each->role() == peer.role;
    });
  }

  void on_opened(link_connection& which) override {
    if (which.role() == link::channel::stream) return on_stream_opened(which);
    const auto [peer, came_up] = peers_.add(which.shared_from_this(), now());
    if (!came_up) return;
    for (const auto& each : {peer->control, peer->bulk})
      if (each->target() >= 0) dialler_.stands(each->target());
    events_.on_peer_up(peer->who);
    for (auto& message : std::exchange(peer->early, {})) {
      events_.on_message(peer->who, message.kind, message.body);
      message.by->consumed(link::cost_of(message.kind, message.body));
    }
  }

  bool on_message(link_connection& which, std::string_view kind, bytes_view body) override {
    const auto peer = peers_.of(which.peer().who.life);
    if (peer && !peer->is_up) {  // the other connection's welcome is still on its way
      peer->early.push_back({which.shared_from_this(), std::string{kind}, {body.begin(), body.end()}});
      return false;
    }
    events_.on_message(which.peer().who, kind, body);
    return true;
  }

  void on_closed(link_connection& which) override {
    if (which.role() == link::channel::stream) return on_stream_closed(which);
    const auto target = which.target();
    if (which.was_open())
      unpair(which);
    else if (!leaving_)
      events_.on_refused(which.why(), target >= 0);
    if (target >= 0) dialler_.lost(target, which.role());
  }

  void on_gone(link_connection& which) override {
    connections_.erase(which.shared_from_this());
    if (leaving_ && connections_.empty()) context_.stop();
  }

  /// One connection of a peer has ended, so the other one has to.
  void unpair(link_connection& which) {
    const auto gone = peers_.remove(which, now());
    if (gone.went_down && !leaving_) events_.on_peer_down(gone.peer->who, gone.peer->farewell);
    if (gone.other) gone.other->say_goodbye(which.why());
  }

  static void part(link_peer& peer, const error& why) {
    const auto control = peer.control;
    const auto bulk = peer.bulk;
    if (control) control->say_goodbye(why);
    if (bulk) bulk->say_goodbye(why);
  }

  // -- time and the end

  void tick_later() {
    timer_.expires_after(config_.times.tick);
    timer_.async_wait([this](error_code cancelled) {
      if (cancelled || leaving_) return;
      const std::vector<connection_pointer> all{connections_.begin(), connections_.end()};
      for (const auto& each : all) each->tick();
      for (const auto& half : peers_.overdue(now()))
        part(*half, error{errc::timeout, "node '" + half->who.node + "' has only one of its two connections"});
      tick_later();
    });
  }

  void leave() {
    leaving_ = true;
    error_code ignored;
    acceptor_.close(ignored);
    dialler_.stop();
    streams_.stop();
    const std::vector<connection_pointer> all{connections_.begin(), connections_.end()};
    const error why{errc::shutting_down, "node '" + config_.own.node + "' is stopping"};
    for (const auto& each : all) each->say_goodbye(why);
    // What was said is read soon; whoever does not read it is not waited for.
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
  dialler dialler_;
  std::set<connection_pointer> connections_;
  stream_calls streams_{context_, [this](tcp::socket socket) { return meet_for_stream(std::move(socket)); }};
  peer_table peers_;
  std::uint16_t port_ = 0;
  bool leaving_ = false;
  std::thread thread_;
};

result<std::unique_ptr<link_host>> link_host::start(link_config config, link_events& events) {
  auto started = std::make_unique<impl>(std::move(config), events);
  if (auto opened = started->open(); !opened) return fail(std::move(opened.error()));
  return std::unique_ptr<link_host>{new link_host{std::move(started)}};
}

link_host::link_host(std::unique_ptr<impl> impl) : impl_(std::move(impl)) {}
link_host::~link_host() { impl_->close(); }
std::uint16_t link_host::port() const noexcept { return impl_->port(); }
result<void> link_host::dial(const std::string& host, std::uint16_t port) { return impl_->dial(host, port, false); }
result<void> link_host::dial_once(const std::string& host, std::uint16_t port) { return impl_->dial(host, port, true); }
result<void> link_host::open_stream(const std::string& host, std::uint16_t port, const stream_key& key,
                                    std::function<void(result<byte_stream>)> done) {
  return impl_->open_stream(host, port, std::make_shared<stream_call>(key, std::move(done)));
}
result<void> link_host::send(const std::string& node, std::string_view kind, bytes_view body, link::channel by) {
  return impl_->send(node, kind, body, by);
}
void link_host::disconnect(incarnation life, const error& why) { impl_->disconnect(life, why); }

}  // namespace dunlin::net

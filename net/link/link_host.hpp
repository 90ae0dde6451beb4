// SPDX-License-Identifier: Apache-2.0
// A node's end of every link it has: two TCP connections to each peer, control and bulk, each with its own session.
// Loopback only until there is TLS.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/link/hello.hpp"
#include "coordination/link/redial.hpp"
#include "coordination/link/session.hpp"
#include "coordination/result.hpp"
#include "net/link/byte_stream.hpp"

namespace dunlin::net {

struct link_limits {
  std::size_t strangers = 64;  ///< connections that have not proved themselves; more are closed at once
  std::size_t peers = 1'024;
  std::size_t backlog_bytes = 8 << 20;  ///< what waits for a peer's credit; more is refused with `overloaded`
};

struct link_config {
  link::identity own;  ///< `port` is filled in
  std::string secret;  ///< of the cluster; not empty
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 = any free one
  link_limits limits;
  link::timing times;
  link::redial_timing redials;
};

/// What a link host tells. Called on its own thread, one at a time: be short, and never wait for the host.
class DUNLIN_EXPORT link_events {
 public:
  virtual ~link_events() = default;

  /// Both connections to this life of a node stand.
  virtual void on_peer_up(const link::identity& peer) = 0;

  /// They do not any more; comes once for each `on_peer_up`.
  virtual void on_peer_down(const link::identity& peer, const error& why) = 0;

  /// `kind` and `body` are valid during the call.
  virtual void on_message(const link::identity& peer, std::string_view kind, bytes_view body) = 0;

  /// That node has opened a stream to this one; whether there is a link does not matter. The default closes it.
  virtual void on_stream(const link::identity& peer, const stream_key& key, byte_stream&& stream) {
    static_cast<void>(peer);
    static_cast<void>(key);
    const auto unwanted = std::move(stream);
  }

  /// A connection ended before it stood: what one side held against the other. `dialled`: this host had called.
  virtual void on_refused(const error& why, bool dialled) = 0;
};

/// Thread: any, but for the destructor: none of its own callbacks.
class DUNLIN_EXPORT link_host {
 public:
  /// Listens. `events` must outlive the host.
  /// Errors: address_refused (not loopback), already_running (port in use), invalid_argument, io_failed.
  static result<std::unique_ptr<link_host>> start(link_config config, link_events& events);

  /// Says goodbye to every peer, gives that a moment, and ends the thread. No callback comes after it.
  ~link_host();
  link_host(const link_host&) = delete;
  link_host& operator=(const link_host&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Calls `host`:`port`, now and whenever the link is lost. Errors: address_refused, invalid_argument.
  result<void> dial(const std::string& host, std::uint16_t port);

  /// Calls once: who is lost has to be introduced anew. Errors: address_refused, invalid_argument.
  result<void> dial_once(const std::string& host, std::uint16_t port);

  /// Opens a stream to whoever listens there; it is told what it is for. `done` is called once, on the host's thread
  /// within the time that a handshake may take, or where the call fails or the host ends.
  /// Errors of the call: address_refused, invalid_argument. Errors of `done`: unreachable, link_down, shutting_down,
  /// and those of the handshake, such as bad_secret.
  result<void> open_stream(const std::string& host, std::uint16_t port, const stream_key& key,
                           std::function<void(result<byte_stream>)> done);

  /// Queues a message to the peer of this name. Errors: unreachable (no link), overloaded (the peer does not keep up),
  /// too_large.
  result<void> send(const std::string& node, std::string_view kind, bytes_view body,
                    link::channel by = link::channel::control);

  /// Ends the link to this life of a node and tells it why. Does nothing if there is none.
  void disconnect(incarnation life, const error& why);

 private:
  class impl;
  explicit link_host(std::unique_ptr<impl> impl);
  std::unique_ptr<impl> impl_;
};

}  // namespace dunlin::net

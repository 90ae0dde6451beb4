// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <mutex>
#include <string>

#include "coordination/link/outbox.hpp"
#include "coordination/link/session.hpp"
#include "net/asio.hpp"
#include "net/link/byte_stream.hpp"
#include "net/link/link_host.hpp"

namespace dunlin::net {

class link_connection;

/// What a connection needs of its host. Thread: the host's.
class connection_owner {
 public:
  virtual ~connection_owner() = default;
  virtual link::mac_tag sign(bytes_view text) = 0;
  virtual bool verify(bytes_view text, bytes_view tag) = 0;
  virtual result<void> admit(link_connection& which, const link::hello& peer) = 0;
  virtual void on_opened(link_connection& which) = 0;

  /// False if it is kept for later: then the owner calls `consumed` some day.
  virtual bool on_message(link_connection& which, std::string_view kind, bytes_view body) = 0;

  /// A stream that was called: what it is for has come. The owner takes it.
  virtual void on_stream(link_connection& which, const stream_key& key) = 0;

  /// The link is over; the socket stays a moment so that the peer reads why.
  virtual void on_closed(link_connection& which) = 0;

  /// The socket is closed: the last call for this connection.
  virtual void on_gone(link_connection& which) = 0;
};

/// One TCP connection and the two halves of its link. `send` may be called from any thread, all else on the host's.
/// What is sent while a write is under way leaves with the next one, all at once. No message is sent after
/// `report_end`, so whoever sends may use the socket. At its end the socket is closed for
/// sending first, and what still comes is dropped until the peer closes too: closing a socket with unread bytes would
/// make the kernel throw away what was said last.
/// One with the role of a stream only shakes hands here. Then its dialler writes what the stream is for, the acceptor
/// reads that and not a byte more, and the owner takes the socket.
class link_connection final : public std::enable_shared_from_this<link_connection>, link::session_port {
 public:
  /// `target` is the host's own number for whom it dialled; -1 = it was called.
  link_connection(tcp::socket socket, const link::session_config& config, const link_limits& limits,
                  connection_owner& owner, int target);

  void begin();
  result<void> send(std::string_view kind, bytes_view body);
  void tick();

  /// Gives the socket away; of a stream that is open, once, inside of `on_opened` or `on_stream`. `announced` is
  /// written first: what the stream is for. Errors: link_down.
  result<byte_stream> take_stream(const stream_key* announced);

  /// A message that was kept has been dealt with.
  void consumed(const link::window& amount);

  /// Tells the peer why and ends.
  void say_goodbye(const error& why);

  [[nodiscard]] const link::hello& peer() const noexcept { return session_.peer(); }
  [[nodiscard]] link::channel role() const noexcept { return session_.own().role; }
  [[nodiscard]] bool is_open() const noexcept { return session_.is_open(); }
  [[nodiscard]] bool was_open() const noexcept { return was_open_; }
  [[nodiscard]] bool was_taken() const noexcept { return taken_; }
  [[nodiscard]] bool was_admitted() const noexcept { return was_admitted_ && !closing_; }
  [[nodiscard]] bool peer_said_goodbye() const noexcept { return peer_said_goodbye_; }
  [[nodiscard]] int target() const noexcept { return target_; }

  /// Why it ended.
  [[nodiscard]] const error& why() const noexcept { return why_; }

 private:
  struct waiting_message {
    std::string kind;
    bytes body;
  };

  link::mac_tag sign(bytes_view text) override { return owner_.sign(text); }
  bool verify(bytes_view text, bytes_view tag) override { return owner_.verify(text, tag); }
  result<void> admit(const link::hello& peer) override {
    auto may = owner_.admit(*this, peer);
    was_admitted_ = may.has_value();
    return may;
  }

  [[nodiscard]] bool is_stream() const noexcept { return role() == link::channel::stream && is_open(); }
  void read();
  void on_stream_read(const error_code& ec, std::size_t count);
  void on_read(const error_code& ec, std::size_t count);
  bool write_at_once();
  void flush();
  void on_written(const error_code& ec);
  void perform();
  void see(link::say& said);
  void see(link::opened&);
  void see(link::received& message);
  void see(link::credit_returned& credit);
  void see(link::closed& end);
  void send_waiting();
  void lost(const error_code& ec);
  void report_end(error why);
  void close_for_sending();
  void close_socket();

  tcp::socket socket_;
  connection_owner& owner_;
  const std::size_t backlog_limit_;
  const int target_;
  link::session session_;
  link::session_effects effects_;
  bytes chunk_;  // what was read last
  bytes writing_;
  bool was_admitted_ = false;
  bool was_open_ = false;
  bool said_goodbye_ = false;
  bool peer_said_goodbye_ = false;
  bool closing_ = false;
  bool taken_ = false;  ///< the socket is somebody else's
  stream_key key_{};    ///< of a stream that was called, as far as it has come
  std::size_t key_bytes_ = 0;
  time_point opened_at_{};
  const duration handshake_within_;
  time_point closing_since_{};
  error why_;

  std::mutex mutex_;  // guards what follows
  link::outbox out_;
  std::deque<waiting_message> waiting_;  // for credit
  std::uint64_t waiting_bytes_ = 0;      // as credit counts them
  bool flush_posted_ = false;
  bool is_writing_ = false;
  time_point last_write_{};
};

}  // namespace dunlin::net

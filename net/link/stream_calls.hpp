// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>

#include "net/link/connection.hpp"

namespace dunlin::net {

/// Somebody who waits for a stream. Is answered once, at the latest when nobody remembers it.
class stream_call {
 public:
  using answer_function = std::function<void(result<byte_stream>)>;

  stream_call(const stream_key& key, answer_function done) : key_(key), done_(std::move(done)) {}
  ~stream_call() { answer(fail(errc::shutting_down, "the link ended before the stream stood")); }
  stream_call(const stream_call&) = delete;
  stream_call& operator=(const stream_call&) = delete;

  void answer(result<byte_stream> stream) {
    if (const auto done = std::exchange(done_, nullptr)) done(std::move(stream));
  }
  [[nodiscard]] const stream_key& key() const noexcept { return key_; }

 private:
  stream_key key_;
  answer_function done_;
};

/// The streams that this host opens: each called once. Thread: the context's.
class stream_calls {
 public:
  /// `meet` begins the handshake on a socket that was answered; null if it cannot.
  stream_calls(asio::io_context& context, std::function<link_connection*(tcp::socket)> meet)
      : context_(context), meet_(std::move(meet)) {}

  void call(const tcp::endpoint& where, const std::shared_ptr<stream_call>& who);

  /// The handshake is done. Returns false if another host has called: then what it is for is still to come.
  bool on_opened(link_connection& which);

  /// Returns false if the connection was none of these.
  bool on_closed(const link_connection& which);

  /// No more calls.
  void stop() noexcept { stopped_ = true; }

 private:
  asio::io_context& context_;
  std::function<link_connection*(tcp::socket)> meet_;
  std::map<const link_connection*, std::shared_ptr<stream_call>> waiting_;
  bool stopped_ = false;
};

}  // namespace dunlin::net

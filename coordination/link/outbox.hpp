// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "coordination/codec/fields.hpp"
#include "coordination/link/envelope.hpp"
#include "coordination/link/window.hpp"

namespace dunlin::link {

/// The sending half of a connection: numbers and encodes frames, and spends the credit that bounds its buffer.
/// It knows nothing of the receiving half, so that a shell can guard the two apart. Thread: the owner's.
class DUNLIN_EXPORT outbox {
 public:
  outbox(std::uint64_t cluster, incarnation own_life) noexcept;

  /// From now on messages may be sent to this life of the peer, `room` of them unconsumed at a time.
  void open(incarnation peer, const window& room);

  /// Appends a message. Errors: unreachable (not open), no_credit (wait until `add_credit` returns true), too_large,
  /// invalid_argument (a kind that belongs to the link).
  result<void> send(std::string_view kind, bytes_view body, fencing_token epoch = 0);

  /// Appends a frame of the link itself, which costs no credit: there is never more of them than of received frames.
  void say(std::string_view kind, bytes_view body);
  template <class Message>
  void say(const Message& message) {
    say(Message::wire_name, codec::to_wire(message));
  }

  /// Takes room back. Returns true if a sender has been refused since the last time, and may try again.
  /// Errors: protocol_violation (more than was sent).
  result<bool> add_credit(const window& consumed);

  /// No more messages; what is pending stays.
  void close() noexcept { open_ = false; }

  /// Encoded frames, in order; the owner writes them out and removes them.
  [[nodiscard]] bytes& pending() noexcept { return pending_; }

  /// Returns whether anything was appended since the last call.
  [[nodiscard]] bool take_spoke() noexcept { return std::exchange(spoke_, false); }

  [[nodiscard]] const window& in_flight() const noexcept { return in_flight_; }

 private:
  void append(std::string_view kind, bytes_view body, fencing_token epoch);

  envelope next_;  // everything but kind, body and epoch
  bytes pending_;
  window room_;
  window in_flight_;
  bool open_ = false;
  bool refused_ = false;
  bool spoke_ = false;
};

}  // namespace dunlin::link

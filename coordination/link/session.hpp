// SPDX-License-Identifier: Apache-2.0
// The receiving half of a connection between two nodes: bytes and time come in, effects go out.
//
// The handshake: the dialler's hello, the acceptor's hello with its proof, the dialler's proof, the acceptor's welcome.
// A proof is an HMAC under the cluster's secret over both hellos, so that neither side can be replayed, reflected or
// altered. Whatever one side holds against the other it says in words before it ends; both report the same code.
//
// Invariants: the effects do not depend on how the stream was split; a stranger makes it hold at most what it has sent,
// and at most 64 KiB of that; received messages that the owner has not consumed stay within the window; nothing is ever
// sent twice: what a broken connection loses is the business of those who sent it.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "coordination/link/envelope.hpp"
#include "coordination/link/hello.hpp"

namespace dunlin::link {

struct timing {
  duration handshake_within = 5s;
  duration silent_after = 2'500ms;
  duration tick = 250ms;  ///< how often the owner means to call `tick`; also the pause after which a ping is sent
};

struct session_config {
  identity own;
  channel role = channel::control;  ///< what a dialler asks for; an acceptor learns it from the hello
  bool dialler = false;
  nonce challenge{};  ///< random, never used before
  timing times;
};

/// What a session asks of its surroundings, and is answered at once.
class session_port {
 public:
  virtual ~session_port() = default;
  /// Returns the HMAC-SHA256 of `text` under the cluster's secret.
  virtual mac_tag sign(bytes_view text) = 0;
  /// True if `tag` is what `sign` would return; compares in constant time.
  virtual bool verify(bytes_view text, bytes_view tag) = 0;
  /// Says whether a peer that has proved itself may come in. Errors: duplicate_name, conflict, …: told to the peer.
  virtual result<void> admit(const hello& peer) = 0;
};

/// Put this into the outbox.
struct say {
  std::string_view kind;
  bytes body;
};

/// The handshake is done: open the outbox; `peer()` is who it is.
struct opened {};

/// A message; its views are valid until the next call of `on_bytes`.
struct received {
  std::string_view kind;
  bytes_view body;
  fencing_token epoch = 0;
};

/// Give this to the outbox.
struct credit_returned {
  window consumed;
};

/// Why a session ended.
enum class ending : std::uint8_t {
  refused,    ///< one side would not have the other
  violated,   ///< one side broke the protocol
  timed_out,  ///< the handshake took too long
  silent,     ///< nothing was heard for too long
  goodbye,    ///< an orderly end
};

/// Write out what was said, then close the connection. The last effect; `why()` has the words.
struct closed {
  ending how = ending::violated;
};

using session_effect = std::variant<say, opened, received, credit_returned, closed>;
/// In order; appended to, never cleared by the session.
using session_effects = std::vector<session_effect>;

class DUNLIN_EXPORT session {
 public:
  /// `port` must outlive the session.
  session(session_config config, session_port& port, time_point now);

  /// A dialler speaks first; call once, before anything else.
  void start(session_effects& out);

  /// Takes what the connection brought. `chunk` must stay until the effects are performed.
  void on_bytes(bytes_view chunk, time_point now, session_effects& out);

  /// Judges silence and the handshake's deadline. `spoke`: something was sent since the last tick, so no ping is due.
  void tick(time_point now, bool spoke, session_effects& out);

  /// The owner is done with this much of what it received.
  void consumed(const window& amount, session_effects& out);

  /// Ends the connection with a reason for the peer.
  void say_goodbye(const error& why, session_effects& out);

  /// Ends it because the peer broke the rules outside of this session's sight.
  void violated(error why, session_effects& out);

  [[nodiscard]] bool is_open() const noexcept { return phase_ == phase::open; }
  [[nodiscard]] bool is_closed() const noexcept { return phase_ == phase::closed; }

  /// Who the peer says it is; proved once the session is open.
  [[nodiscard]] const hello& peer() const noexcept { return peer_; }

  /// What this side announced, its window among it.
  [[nodiscard]] const hello& own() const noexcept { return own_; }

  /// Why the session ended.
  [[nodiscard]] const error& why() const noexcept { return why_; }

 private:
  enum class phase : std::uint8_t { hello, challenge, proof, welcome, open, closed };

  void on_frame(bytes_view frame, session_effects& out);
  [[nodiscard]] result<void> check_address(const envelope& message);
  void on_message(const envelope& message, session_effects& out);
  void on_link_frame(const envelope& message, session_effects& out);
  void on_greeting(const envelope& message, session_effects& out);
  void on_hello(bytes_view body, session_effects& out);
  void on_challenge(const challenge& message, session_effects& out);
  void on_proof(const proof& message, session_effects& out);
  [[nodiscard]] result<void> meet(bytes_view greeting);
  [[nodiscard]] result<void> check_proof(bytes_view tag);
  void come_in(session_effects& out);
  void told(ending how, errc code, std::string_view words, session_effects& out);
  void refuse(error why, session_effects& out);
  void close(ending how, error why, session_effects& out);
  template <class Message, class Handler>
  void with(bytes_view body, session_effects& out, Handler handle);
  [[nodiscard]] std::string name() const;

  session_config config_;
  session_port& port_;
  phase phase_;
  frame_cutter cutter_;
  hello own_;
  hello peer_;
  bytes own_greeting_;
  bytes peer_greeting_;
  std::uint64_t cluster_;
  std::uint64_t expected_seq_ = 0;
  window unconsumed_;  // received and not returned
  window unreturned_;  // consumed and not returned
  time_point started_;
  time_point heard_;
  time_point last_tick_;
  error why_;
};

}  // namespace dunlin::link

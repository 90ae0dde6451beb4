// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/session.hpp"

#include <algorithm>

namespace dunlin::link {

namespace {

constexpr std::string_view own_prefix = "link.";
constexpr std::size_t max_words = 512;
constexpr std::uint32_t return_credit_at = 4;  // a quarter of the window

/// What a peer may hold against us before a link is open, beside breaking the protocol.
bool is_refusal(errc code) noexcept {
  switch (code) {
    case errc::version_mismatch:
    case errc::wrong_cluster:
    case errc::bad_secret:
    case errc::duplicate_name:
    case errc::protocol_violation:
    case errc::conflict:
    case errc::timeout:
    case errc::overloaded:
    case errc::shutting_down:
      return true;
    default:
      return false;
  }
}

/// A stranger's words end up in logs and on terminals.
std::string printable(std::string_view words) {
  std::string out{words.substr(0, max_words)};
  std::ranges::replace_if(
      out, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  while (!out.empty() && words.size() > max_words && (out.back() & 0x80) != 0) out.pop_back();
  return out;
}

template <class Message>
say saying(const Message& message) {
  return {Message::wire_name, codec::to_wire(message)};
}

template <class Message>
bool is(const envelope& message) noexcept {
  return message.kind == Message::wire_name;
}

}  // namespace

session::session(session_config config, session_port& port, time_point now)
    : config_(std::move(config)),
      port_(port),
      phase_(config_.dialler ? phase::challenge : phase::hello),
      cluster_(cluster_tag(config_.own.cluster)),
      started_(now),
      heard_(now),
      last_tick_(now) {
  own_.who = config_.own;
  own_.role = config_.role;
  own_.challenge.assign(config_.challenge.begin(), config_.challenge.end());
}

void session::start(session_effects& out) {
  if (!config_.dialler) return;
  own_.room = own_.role == channel::control ? control_window : bulk_window;
  own_greeting_ = codec::to_wire(own_);
  out.push_back(say{hello::wire_name, own_greeting_});
}

void session::on_bytes(bytes_view chunk, time_point now, session_effects& out) {
  heard_ = now;
  cutter_.feed(chunk);
  while (!is_closed()) {
    const auto frame = cutter_.next(is_open() ? max_frame_bytes : max_greeting_bytes);
    if (!frame) return violated(frame.error(), out);
    if (!*frame) return;
    on_frame(**frame, out);
  }
}

void session::on_frame(bytes_view frame, session_effects& out) {
  const auto message = read_envelope(frame);
  if (!message && message.error().code == errc::version_mismatch && !is_open()) return refuse(message.error(), out);
  if (!message) return violated(message.error(), out);
  if (auto at_home = check_address(*message); !at_home) return violated(at_home.error(), out);
  if (message->kind.starts_with(own_prefix))
    on_link_frame(*message, out);
  else if (is_open())
    on_message(*message, out);
  else
    violated(error{errc::protocol_violation, "a message before the handshake is done"}, out);
}

result<void> session::check_address(const envelope& message) {
  const auto bad = [](const char* what) { return fail(errc::protocol_violation, what); };
  if (message.seq != expected_seq_++) return bad("a frame is missing or came twice");
  const auto to_nobody = !message.destination && message.kind.starts_with(own_prefix);
  if (message.destination != config_.own.life && !to_nobody) return bad("a frame for another life of this node");
  const auto knows_peer = static_cast<bool>(peer_.who.life);
  if (knows_peer && message.source != peer_.who.life) return bad("a frame from somebody else");
  if (knows_peer && message.cluster != cluster_) return bad("a frame of another cluster");
  return {};
}

void session::on_message(const envelope& message, session_effects& out) {
  unconsumed_ += cost_of(message.kind, message.body);
  if (!own_.room.holds(unconsumed_))
    return violated(error{errc::protocol_violation, "the peer sends without credit"}, out);
  out.push_back(received{message.kind, message.body, message.epoch});
}

template <class Message, class Handler>
void session::with(bytes_view body, session_effects& out, Handler handle) {
  const auto message = codec::from_wire<Message>(body);
  if (message) return handle(*message);
  violated(error{errc::protocol_violation, std::string{Message::wire_name} + ": " + message.error().context}, out);
}

void session::on_link_frame(const envelope& message, session_effects& out) {
  if (is<refusal>(message))
    return with<refusal>(message.body, out, [&](const refusal& m) {
      const auto code = is_refusal(m.code) ? m.code : errc::protocol_violation;
      told(code == errc::protocol_violation ? ending::violated : ending::refused, code, m.why, out);
    });
  if (is<goodbye>(message))
    return with<goodbye>(message.body, out, [&](const goodbye& m) { told(ending::goodbye, m.code, m.why, out); });
  if (!is_open()) return on_greeting(message, out);
  if (is<credit>(message))
    return with<credit>(message.body, out, [&](const credit& m) { out.push_back(credit_returned{m.consumed}); });
  if (is<ping>(message)) return with<ping>(message.body, out, [](const ping&) {});
  violated(error{errc::protocol_violation, "a frame that does not belong here: " + printable(message.kind)}, out);
}

void session::on_greeting(const envelope& message, session_effects& out) {
  if (phase_ == phase::hello && is<hello>(message)) return on_hello(message.body, out);
  if (phase_ == phase::challenge && is<challenge>(message))
    return with<challenge>(message.body, out, [&](const challenge& m) { on_challenge(m, out); });
  if (phase_ == phase::proof && is<proof>(message))
    return with<proof>(message.body, out, [&](const proof& m) { on_proof(m, out); });
  if (phase_ == phase::welcome && is<welcome>(message))
    return with<welcome>(message.body, out, [&](const welcome&) { come_in(out); });
  violated(error{errc::protocol_violation, "a frame out of turn: " + printable(message.kind)}, out);
}

/// Reads the peer's hello and compares it with ours.
result<void> session::meet(bytes_view greeting) {
  auto theirs = codec::from_wire<hello>(greeting);
  if (!theirs) return fail(errc::protocol_violation, "a hello that does not decode: " + theirs.error().context);
  if (auto fits = check_hello(config_.own, *theirs); !fits) return fits;
  if (config_.dialler && theirs->role != own_.role) return fail(errc::protocol_violation, "an answer for another role");
  peer_ = std::move(*theirs);
  peer_greeting_.assign(greeting.begin(), greeting.end());
  return {};
}

void session::on_hello(bytes_view body, session_effects& out) {
  if (auto met = meet(body); !met) return refuse(met.error(), out);
  own_.role = peer_.role;
  own_.room = own_.role == channel::control ? control_window : bulk_window;
  own_greeting_ = codec::to_wire(own_);
  const auto tag = port_.sign(proof_text(false, peer_greeting_, own_greeting_));
  out.push_back(saying(challenge{own_greeting_, {tag.begin(), tag.end()}}));
  phase_ = phase::proof;
}

void session::on_challenge(const challenge& message, session_effects& out) {
  if (auto met = meet(message.greeting); !met) return refuse(met.error(), out);
  if (auto proved = check_proof(message.tag); !proved) return refuse(proved.error(), out);
  if (auto may = port_.admit(peer_); !may) return refuse(may.error(), out);
  const auto tag = port_.sign(proof_text(true, own_greeting_, peer_greeting_));
  out.push_back(saying(proof{{tag.begin(), tag.end()}}));
  phase_ = phase::welcome;
}

void session::on_proof(const proof& message, session_effects& out) {
  if (auto proved = check_proof(message.tag); !proved) return refuse(proved.error(), out);
  if (auto may = port_.admit(peer_); !may) return refuse(may.error(), out);
  out.push_back(saying(welcome{}));
  come_in(out);
}

result<void> session::check_proof(bytes_view tag) {
  const auto by_dialler = !config_.dialler;
  const auto text =
      by_dialler ? proof_text(true, peer_greeting_, own_greeting_) : proof_text(false, own_greeting_, peer_greeting_);
  if (port_.verify(text, tag)) return {};
  return fail(errc::bad_secret,
              name() + " could not prove that it knows the secret of cluster '" + config_.own.cluster + "'",
              "copy the cluster's secret file to both nodes");
}

void session::come_in(session_effects& out) {
  phase_ = phase::open;
  own_greeting_ = {};
  peer_greeting_ = {};
  out.push_back(opened{});
}

void session::tick(time_point now, bool spoke, session_effects& out) {
  if (is_closed()) return;
  // One who slept has not read what came meanwhile, and knows nothing about the peer.
  const auto slept = now - last_tick_ > config_.times.tick + config_.times.silent_after / 2;
  last_tick_ = now;
  if (slept) heard_ = now;
  if (!is_open()) {
    if (now - started_ >= config_.times.handshake_within)
      refuse(error{errc::timeout, "the handshake with " + name() + " took too long"}, out);
  } else if (now - heard_ >= config_.times.silent_after) {
    close(ending::silent, error{errc::timeout, name() + " has been silent for too long"}, out);
  } else if (!spoke) {
    out.push_back(saying(ping{}));
  }
}

void session::consumed(const window& amount, session_effects& out) {
  if (!is_open()) return;
  unreturned_ += amount;
  if (!unconsumed_.holds(unreturned_)) unreturned_ = unconsumed_;
  const auto due = unreturned_.frames >= own_.room.frames / return_credit_at ||
                   unreturned_.bytes >= own_.room.bytes / return_credit_at;
  if (!due) return;
  unconsumed_ -= unreturned_;
  out.push_back(saying(credit{std::exchange(unreturned_, {})}));
}

void session::say_goodbye(const error& why, session_effects& out) {
  if (is_closed()) return;
  out.push_back(saying(goodbye{why.code, why.context.substr(0, max_words)}));
  close(ending::goodbye, why, out);
}

/// The peer has ended the session.
void session::told(ending how, errc code, std::string_view words, session_effects& out) {
  const auto did = how == ending::goodbye ? " said goodbye: " : " refused this node: ";
  close(how, error{code, name() + did + printable(words)}, out);
}

void session::refuse(error why, session_effects& out) {
  if (is_closed()) return;
  const auto how = why.code == errc::protocol_violation ? ending::violated
                   : why.code == errc::timeout          ? ending::timed_out
                                                        : ending::refused;
  out.push_back(saying(refusal{why.code, why.context.substr(0, max_words)}));
  close(how, std::move(why), out);
}

void session::violated(error why, session_effects& out) {
  why.code = errc::protocol_violation;
  refuse(std::move(why), out);
}

void session::close(ending how, error why, session_effects& out) {
  phase_ = phase::closed;
  why_ = std::move(why);
  out.push_back(closed{how});
}

std::string session::name() const {
  return peer_.who.node.empty() ? std::string{"the peer"} : "node '" + peer_.who.node + "'";
}

}  // namespace dunlin::link

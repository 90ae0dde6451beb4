// SPDX-License-Identifier: Apache-2.0
// What two nodes tell each other before anything else, and what they hold against each other.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coordination/codec/fields.hpp"
#include "coordination/link/window.hpp"
#include "coordination/types.hpp"

namespace dunlin::link {

using nonce = std::array<std::byte, 32>;
using mac_tag = std::array<std::byte, 32>;

/// What a connection is for: the two of a peer, and those that carry bytes of one purpose once the handshake is done.
enum class channel : std::uint8_t { control, bulk, stream };
constexpr channel enum_last(channel) noexcept { return channel::stream; }

/// A task kind that a plugin brings. Two nodes whose digests of a kind differ do not exchange tasks of that kind.
struct plugin_kind {
  std::string name;
  std::string version;
  std::uint64_t digest = 0;
  static auto fields(auto& m) { return std::tie(m.name, m.version, m.digest); }
  friend bool operator==(const plugin_kind&, const plugin_kind&) = default;
};

/// Who a node is.
struct identity {
  std::string cluster;
  std::string node;
  incarnation life;
  std::string build;
  std::string caf_version;
  std::uint64_t message_digest = 0;
  std::uint16_t port = 0;  ///< where it listens, so that it can be dialled back; 0 = nowhere
  bool leads = false;      ///< it is the leader, or believes so
  std::vector<plugin_kind> kinds;
  static auto fields(auto& m) {
    return std::tie(m.cluster, m.node, m.life, m.build, m.caf_version, m.message_digest, m.port, m.leads, m.kinds);
  }
  friend bool operator==(const identity&, const identity&) = default;
};

/// The first message of both sides.
struct hello {
  static constexpr const char* wire_name = "link.hello";
  identity who;
  channel role = channel::control;
  window room;      ///< what the sender of this hello is ready to hold
  bytes challenge;  ///< 32 random bytes
  static auto fields(auto& m) { return std::tie(m.who, m.role, m.room, m.challenge); }
};

/// The acceptor's answer: its own hello, as the bytes that are signed, and its proof of the secret.
struct challenge {
  static constexpr const char* wire_name = "link.challenge";
  bytes greeting;
  bytes tag;
  static auto fields(auto& m) { return std::tie(m.greeting, m.tag); }
};

/// The dialler's proof.
struct proof {
  static constexpr const char* wire_name = "link.proof";
  bytes tag;
  static auto fields(auto& m) { return std::tie(m.tag); }
};

/// The acceptor's last word of the handshake.
struct welcome {
  static constexpr const char* wire_name = "link.welcome";
  bool open = true;
  static auto fields(auto& m) { return std::tie(m.open); }
};

/// "No, because": ends the connection before it is open, or when the peer broke the protocol.
struct refusal {
  static constexpr const char* wire_name = "link.refusal";
  errc code = errc::protocol_violation;
  std::string why;
  static auto fields(auto& m) { return std::tie(m.code, m.why); }
};

/// An orderly end.
struct goodbye {
  static constexpr const char* wire_name = "link.goodbye";
  errc code = errc::shutting_down;
  std::string why;
  static auto fields(auto& m) { return std::tie(m.code, m.why); }
};

/// Room is free again.
struct credit {
  static constexpr const char* wire_name = "link.credit";
  window consumed;
  static auto fields(auto& m) { return std::tie(m.consumed); }
};

/// Sent when there is nothing else to say.
struct ping {
  static constexpr const char* wire_name = "link.ping";
  bool alive = true;
  static auto fields(auto& m) { return std::tie(m.alive); }
};

/// Says whether two nodes can work together. Differing plugin kinds do not count: see `unplaceable_kinds`.
/// Names, build and CAF version must have the form of names.
/// Errors: version_mismatch, wrong_cluster, protocol_violation (a hello that makes no sense), conflict (it is this
/// node).
DUNLIN_EXPORT result<void> check_hello(const identity& own, const hello& theirs);

/// A kind that two nodes bring in different versions, and that in words.
struct unplaceable_kind {
  std::string name;
  std::string why;
};

/// Returns the kinds that cannot be placed across the two nodes; empty if all agree.
DUNLIN_EXPORT std::vector<unplaceable_kind> unplaceable_kinds(const identity& own, const identity& theirs);

/// Returns what a proof signs: who proves, and both hellos as they were sent.
DUNLIN_EXPORT bytes proof_text(bool by_dialler, bytes_view dialler_hello, bytes_view acceptor_hello);

}  // namespace dunlin::link

// SPDX-License-Identifier: Apache-2.0
// The one thing that travels between nodes: four bytes of big-endian length, then a msgpack array of the envelope's
// fields. The second byte of that array is the version: it never moves, so that any two builds can tell that they
// differ.
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/bytes.hpp"
#include "coordination/codec/frame_cutter.hpp"
#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin::link {

inline constexpr std::uint8_t protocol_version = 1;
inline constexpr std::size_t max_frame_bytes = 256 * 1024;    ///< without the length
inline constexpr std::size_t max_greeting_bytes = 64 * 1024;  ///< the same, from a stranger
/// More than an envelope adds to its kind and body.
inline constexpr std::size_t envelope_overhead_bytes = 64;

/// One message with its address. `kind` and `body` are borrowed.
struct envelope {
  std::uint64_t cluster = 0;  ///< `cluster_tag` of the cluster's name
  incarnation source;
  incarnation destination;  ///< 0 while it is not known
  fencing_token epoch = 0;  ///< the newest the sender knows
  std::uint64_t seq = 0;    ///< counts the frames of one connection and direction from 0
  std::string_view kind;    ///< a message's wire name, or `link.…` for the session's own
  bytes_view body;
};

/// Returns a number that stands for the cluster's name in every envelope.
DUNLIN_EXPORT std::uint64_t cluster_tag(std::string_view cluster) noexcept;

/// Appends length and envelope to `out`. The caller has checked the size.
DUNLIN_EXPORT void append_frame(bytes& out, const envelope& message);

/// Reads an envelope; its views point into `frame`, which comes without the length.
/// Errors: version_mismatch, protocol_violation.
DUNLIN_EXPORT result<envelope> read_envelope(bytes_view frame);

}  // namespace dunlin::link

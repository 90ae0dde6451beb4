// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/hello.hpp"

#include <algorithm>

namespace dunlin::link {

namespace {

std::string quoted(std::string_view text) { return "'" + std::string{text} + "'"; }

tl::unexpected<error> differs(const identity& theirs, std::string_view what, std::string_view own_value,
                              std::string_view their_value) {
  return fail(errc::version_mismatch,
              "node " + quoted(theirs.node) + " has " + std::string{what} + ' ' + std::string{their_value} +
                  ", this node has " + std::string{own_value},
              "run the same build on every node");
}

bool makes_sense(const hello& theirs) {
  const auto& who = theirs.who;
  return is_valid_name(who.node) && is_valid_name(who.cluster) && is_valid_name(who.build) &&
         is_valid_name(who.caf_version) && who.life && theirs.challenge.size() == std::tuple_size_v<nonce> &&
         theirs.room.frames > 0 && theirs.room.bytes > max_frame_bytes;
}

}  // namespace

result<void> check_hello(const identity& own, const hello& theirs) {
  const auto& who = theirs.who;
  if (!makes_sense(theirs)) return fail(errc::protocol_violation, "a hello without a name, a life or a challenge");
  if (who.cluster != own.cluster)
    return fail(errc::wrong_cluster,
                "node " + quoted(who.node) + " belongs to cluster " + quoted(who.cluster) + ", this node to " +
                    quoted(own.cluster),
                "give both nodes the same cluster name, or take this address off the seeds");
  if (who.life == own.life) return fail(errc::conflict, "this is the node itself");
  if (who.build != own.build) return differs(who, "build", own.build, who.build);
  if (who.caf_version != own.caf_version) return differs(who, "CAF", own.caf_version, who.caf_version);
  if (who.message_digest != own.message_digest)
    return differs(who, "core messages", std::to_string(own.message_digest), std::to_string(who.message_digest));
  return {};
}

std::vector<unplaceable_kind> unplaceable_kinds(const identity& own, const identity& theirs) {
  std::vector<unplaceable_kind> out;
  for (const auto& mine : own.kinds) {
    const auto other = std::ranges::find(theirs.kinds, mine.name, &plugin_kind::name);
    if (other == theirs.kinds.end() || *other == mine) continue;
    out.push_back({mine.name, "kind " + quoted(mine.name) + " is version " + other->version + " on node " +
                                  quoted(theirs.node) + " and version " + mine.version +
                                  " here; install the same plugin on both"});
  }
  return out;
}

bytes proof_text(bool by_dialler, bytes_view dialler_hello, bytes_view acceptor_hello) {
  bytes out;
  codec::writer to{out};
  to.put_text(by_dialler ? "dunlin link, dialler" : "dunlin link, acceptor");
  to.put_binary(dialler_hello);
  to.put_binary(acceptor_hello);
  return out;
}

}  // namespace dunlin::link

// SPDX-License-Identifier: Apache-2.0
#include "coordination/messages.hpp"

#include <string_view>

#include "coordination/collective/group_invitation.hpp"

namespace dunlin {

namespace {

/// Source: FNV-1a, 64 bits, Fowler, Noll and Vo.
constexpr std::uint64_t mix(std::uint64_t hash, std::string_view text) noexcept {
  for (char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001b3ULL;
  return hash;
}

template <class Message>
std::uint64_t mix_message(std::uint64_t hash) noexcept {
  Message message{};
  constexpr auto count = std::tuple_size_v<decltype(Message::fields(message))>;
  return (mix(hash, Message::wire_name) ^ count) * 0x100000001b3ULL;
}

template <class... Messages>
std::uint64_t mix_messages() noexcept {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  ((hash = mix_message<Messages>(hash)), ...);
  return hash;
}

}  // namespace

std::uint64_t core_message_digest() noexcept {
  static const auto digest =
      mix_messages<node_report, heartbeat, heartbeat_answer, grant_batch, outcome_batch, receipt_batch, start_batch,
                   progress_batch, lease_renewal, lease_renewed, cancel_order, return_batch, coordinate_order,
                   drain_order, node_leaving, agent_call, agent_answer, agent_request, agent_found, checkpoint_batch,
                   relayed, peer_lost, introduction, priority_order, sharer_state, home_state, group_sought,
                   group_found, group_given_up>();
  return digest;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/link/outbox.hpp"

namespace dunlin::link {

namespace {

constexpr std::string_view own_prefix = "link.";

}  // namespace

outbox::outbox(std::uint64_t cluster, incarnation own_life) noexcept {
  next_.cluster = cluster;
  next_.source = own_life;
}

void outbox::open(incarnation peer, const window& room) {
  next_.destination = peer;
  room_ = room;
  open_ = true;
}

result<void> outbox::send(std::string_view kind, bytes_view body, fencing_token epoch) {
  if (!open_) return fail(errc::unreachable, "the link is not open");
  if (kind.empty() || kind.starts_with(own_prefix))
    return fail(errc::invalid_argument, "a message kind may not be empty or begin with 'link.'");
  const auto cost = cost_of(kind, body);
  if (cost.bytes > max_frame_bytes)
    return fail(errc::too_large,
                "a message of " + std::to_string(body.size()) + " bytes does not fit a frame of " +
                    std::to_string(max_frame_bytes),
                "send large data in pieces");
  auto wanted = in_flight_;
  if (!room_.holds(wanted += cost)) {
    refused_ = true;
    return fail(errc::no_credit, "the peer has not consumed what it was sent");
  }
  in_flight_ = wanted;
  append(kind, body, epoch);
  return {};
}

void outbox::say(std::string_view kind, bytes_view body) { append(kind, body, 0); }

void outbox::append(std::string_view kind, bytes_view body, fencing_token epoch) {
  auto message = next_;
  message.kind = kind;
  message.body = body;
  message.epoch = epoch;
  append_frame(pending_, message);
  ++next_.seq;
  spoke_ = true;
}

result<bool> outbox::add_credit(const window& consumed) {
  if (!in_flight_.holds(consumed)) return fail(errc::protocol_violation, "credit for more than was sent");
  in_flight_ -= consumed;
  return std::exchange(refused_, false);
}

}  // namespace dunlin::link

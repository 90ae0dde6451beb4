// SPDX-License-Identifier: Apache-2.0
#include "net/link/peer_table.hpp"

#include <utility>

namespace dunlin::net {

namespace {

/// How long the second goodbye of a peer may take.
constexpr auto second_goodbye_within = std::chrono::seconds{1};

}  // namespace

result<void> peer_table::admit(const link_connection& which, const link::hello& peer) const {
  for (const auto& [life, known] : peers_)
    if (known->who.node == peer.who.node && known->who.life != peer.who.life)
      return fail(errc::duplicate_name, "a node '" + peer.who.node + "' is here already",
                  "give the second one another name");
  const auto known = of(peer.who.life);
  if (!known && peers_.size() >= max_peers_)
    return fail(errc::overloaded, "there are " + std::to_string(peers_.size()) + " peers already");
  if (known && known->is_up && known->until != time_point::max())
    return fail(errc::conflict, "node '" + peer.who.node + "' is still taking leave");
  if (known && known->slot(peer.role) && known->slot(peer.role).get() != &which)
    return fail(errc::conflict, "node '" + peer.who.node + "' has this connection already");
  return {};
}

peer_table::arrival peer_table::add(connection_pointer opened, time_point now) {
  auto& peer = peers_[opened->peer().who.life.value];
  if (!peer) {
    peer = std::make_shared<link_peer>();
    peer->until = now + patience_;
  }
  peer->who = opened->peer().who;
  const std::lock_guard lock{mutex_};
  peer->slot(opened->role()) = std::move(opened);
  if (!peer->control || !peer->bulk) return {peer, false};
  peer->is_up = true;
  peer->until = time_point::max();
  by_name_[peer->who.node] = peer;
  return {peer, true};
}

peer_table::departure peer_table::remove(link_connection& which, time_point now) {
  const auto at = peers_.find(which.peer().who.life.value);
  departure out{at->second, false, nullptr};
  auto& peer = *out.peer;
  {
    const std::lock_guard lock{mutex_};
    peer.slot(which.role()) = nullptr;
    if (peer.is_up) by_name_.erase(peer.who.node);
  }
  if (peer.until == time_point::max()) peer.farewell = which.why();
  const auto other = peer.control ? peer.control : peer.bulk;
  if (!other) peers_.erase(at);
  if (other && peer.is_up && which.peer_said_goodbye()) {
    peer.until = now + second_goodbye_within;
    return out;
  }
  out.went_down = std::exchange(peer.is_up, false);
  out.other = other;
  peer.early.clear();
  return out;
}

peer_table::peer_pointer peer_table::of(incarnation life) const {
  const auto at = peers_.find(life.value);
  return at == peers_.end() ? nullptr : at->second;
}

std::vector<peer_table::peer_pointer> peer_table::overdue(time_point now) const {
  std::vector<peer_pointer> out;
  for (const auto& [life, peer] : peers_)
    if (peer->until <= now) out.push_back(peer);
  return out;
}

connection_pointer peer_table::find(const std::string& node, link::channel by) const {
  const std::lock_guard lock{mutex_};
  const auto at = by_name_.find(node);
  return at == by_name_.end() ? nullptr : at->second->slot(by);
}

}  // namespace dunlin::net

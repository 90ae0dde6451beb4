// SPDX-License-Identifier: Apache-2.0
#include "actors/swarm/link_ends.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace dunlin {

namespace {

/// Until there is TLS, every node listens here.
constexpr const char* loopback = "127.0.0.1";

template <class Variant>
std::pair<std::string_view, bytes> encode(const Variant& message) {
  return std::visit(
      [](const auto& one) {
        return std::pair<std::string_view, bytes>{std::decay_t<decltype(one)>::wire_name, codec::to_wire(one)};
      },
      message);
}

/// Decodes `body` as the alternative of `Variant` whose wire name is `kind`. Errors: malformed; not_found (none is).
template <class Variant, std::size_t Index = 0>
result<Variant> decode(std::string_view kind, bytes_view body) {
  if constexpr (Index == std::variant_size_v<Variant>) {
    return fail(errc::not_found, "no such message");
  } else {
    using message_type = std::variant_alternative_t<Index, Variant>;
    if (kind != message_type::wire_name) return decode<Variant, Index + 1>(kind, body);
    auto message = codec::from_wire<message_type>(body);
    if (!message) return fail(std::move(message.error()));
    return Variant{std::in_place_index<Index>, std::move(*message)};
  }
}

/// True if the node says this of itself and not of another one.
bool is_own(const link::identity& peer, const leader_message& message) {
  const auto* report = std::get_if<node_report>(&message);
  return report == nullptr || (report->node == peer.node && report->life == peer.life);
}

std::string name_of(link_desk& desk, incarnation life) {
  const std::lock_guard lock{desk.mutex};
  const auto at = desk.peers.find(life.value);
  return at == desk.peers.end() ? std::string{} : at->second.node;
}

std::map<std::uint64_t, linked_peer> peers_of(link_desk& desk) {
  const std::lock_guard lock{desk.mutex};
  return desk.peers;
}

std::shared_ptr<net::link_host> host_of(link_desk& desk) {
  const std::lock_guard lock{desk.mutex};
  return desk.host;
}

result<void> say(link_desk& desk, const std::string& node, std::string_view kind, bytes_view body,
                 link::channel by = link::channel::control) {
  const auto host = host_of(desk);
  if (!host) return fail(errc::unreachable, "this process has no link");
  return host->send(node, kind, body, by);
}

/// Directly, or through the leader.
result<void> send_by(link_desk& desk, const std::string& node, const std::pair<std::string_view, bytes>& message,
                     link::channel by) {
  const auto wrapped = codec::to_wire(relayed{desk.node, desk.life, node, std::string{message.first}, message.second});
  auto direct = say(desk, node, relayed::wire_name, wrapped, by);
  if (direct || direct.error().code != errc::unreachable) return direct;
  std::string leader;
  {
    const std::lock_guard lock{desk.mutex};
    leader = desk.leader_name;
  }
  if (leader.empty() || leader == node) return direct;
  return say(desk, leader, relayed::wire_name, wrapped, by);
}

void end_link(link_desk& desk, incarnation life, const error& why) {
  if (const auto host = host_of(desk)) host->disconnect(life, why);
}

}  // namespace

// -- out

void remote_leader::say(leader_message&& message) {
  std::string leader;
  {
    const std::lock_guard lock{desk_->mutex};
    if (!desk_->has_left) leader = desk_->leader_name;
    desk_->has_left |= std::holds_alternative<node_leaving>(message);
  }
  if (leader.empty()) return;
  const auto [kind, body] = encode(message);
  const auto said = dunlin::say(*desk_, leader, kind, body);
  // A leader that does not keep up is left and found again: then everything that matters is said anew.
  if (said || said.error().code != errc::overloaded) return;
  std::uint64_t leading = 0;
  {
    const std::lock_guard lock{desk_->mutex};
    for (const auto& [life, peer] : desk_->peers)
      if (peer.node == leader) leading = life;
  }
  end_link(*desk_, {leading}, said.error());
}

void local_leader::say(leader_message&& message) {
  caf::anon_send(desk_->leader, said_by_node{desk_->life, std::move(message)});
}

void leader_nodes_channel::tell(incarnation node, node_message&& message) {
  if (node == desk_->life) {
    if (desk_->here != nullptr) desk_->here->hear(std::move(message));
    return;
  }
  const auto name = name_of(*desk_, node);
  if (name.empty()) return;
  const auto [kind, body] = encode(message);
  const auto said = say(*desk_, name, kind, body);
  if (!said && said.error().code == errc::overloaded) cut(node, said.error());
}

void leader_nodes_channel::tell_all(const peer_lost& news) {
  if (desk_->here != nullptr && news.life != desk_->life) desk_->here->on_peer_lost(news.node, news.life, news.why);
  const auto body = codec::to_wire(news);
  for (const auto& [life, peer] : peers_of(*desk_))
    if (life != news.life.value) static_cast<void>(say(*desk_, peer.node, peer_lost::wire_name, body));
}

void leader_nodes_channel::cut(incarnation node, const error& why) { end_link(*desk_, node, why); }

result<void> relayed_peers::send(const std::string& node, agent_traffic&& message) {
  return send_by(*desk_, node, encode(message), link::channel::bulk);
}

/// Turns of a device wait for it.
result<void> relayed_peers::send(const std::string& node, sharing_traffic&& message) {
  return send_by(*desk_, node, encode(message), link::channel::control);
}

// -- in

link_reception::link_reception(std::shared_ptr<link_desk> desk,
                               std::function<void(const error&, bool dialled)> on_refused,
                               std::function<void()> on_leader)
    : desk_(std::move(desk)), refused_(std::move(on_refused)), leader_up_(std::move(on_leader)) {}

void link_reception::on_peer_up(const link::identity& peer) {
  const bool is_leader = peer.leads && desk_->leader == nullptr;
  {
    const std::lock_guard lock{desk_->mutex};
    desk_->peers[peer.life.value] = {peer.node, peer.port};
    if (is_leader) desk_->leader_name = peer.node;
  }
  if (desk_->leader != nullptr) return introduce(peer);  // the node speaks first
  if (!is_leader) return;
  desk_->here->on_leader_up();
  leader_up_();
}

void link_reception::on_peer_down(const link::identity& peer, const error& why) {
  const bool is_leader = peer.leads && desk_->leader == nullptr;
  {
    const std::lock_guard lock{desk_->mutex};
    desk_->peers.erase(peer.life.value);
    if (is_leader) desk_->leader_name.clear();
  }
  if (desk_->groups) desk_->groups->on_node_down(peer.life);
  if (desk_->groups && is_leader) desk_->groups->on_leader_down();
  if (desk_->leader != nullptr) {
    caf::anon_send(desk_->leader, node_disconnected{peer.life, to_string(why)});
    return;
  }
  if (is_leader) desk_->here->on_leader_down();
  desk_->here->on_peer_lost(peer.node, peer.life, to_string(why));
}

/// Of two nodes that the overlay links, the one whose name comes first calls the other.
void link_reception::introduce(const link::identity& newcomer) {
  std::map<std::string, std::uint16_t> ports{{desk_->node, std::uint16_t{0}}};
  for (const auto& [life, peer] : peers_of(*desk_)) ports[peer.node] = peer.port;
  std::vector<std::string> names;
  names.reserve(ports.size());
  for (const auto& [name, port] : ports) names.push_back(name);
  const auto nodes = overlay::make(desk_->shape, std::move(names), desk_->node);
  if (!nodes) return;
  const auto others = nodes->neighbours(newcomer.node);
  if (!others) return;
  for (const auto& other : *others) {
    if (other == desk_->node) continue;
    const auto& [caller, called] = std::minmax(newcomer.node, other);
    const introduction words{called, loopback, ports[called]};
    static_cast<void>(say(*desk_, caller, introduction::wire_name, codec::to_wire(words)));
  }
}

/// Where the call fails, the leader goes on relaying.
void link_reception::meet(const introduction& other) {
  if (const auto host = host_of(*desk_)) static_cast<void>(host->dial_once(other.host, other.port));
}

void link_reception::on_message(const link::identity& peer, std::string_view kind, bytes_view body) {
  if (kind == relayed::wire_name) return relay(peer, body);
  const bool known = desk_->leader != nullptr ? hear_for_leader(peer, kind, body) : hear_for_node(peer, kind, body);
  if (!known)
    end_link(*desk_, peer.life,
             error{errc::protocol_violation, "message '" + std::string{kind} + "' is unknown or does not decode"});
}

bool link_reception::hear_for_leader(const link::identity& peer, std::string_view kind, bytes_view body) {
  if (kind == group_sought::wire_name) return answer_sought(peer, body);
  if (kind == group_given_up::wire_name) return hear_given_up(peer, body);
  auto message = decode<leader_message>(kind, body);
  if (!message || !is_own(peer, *message)) return false;
  if (auto* report = std::get_if<node_report>(&*message)) drop_unplaceable(peer, *report);
  caf::anon_send(desk_->leader, said_by_node{peer.life, std::move(*message)});
  return true;
}

bool link_reception::answer_sought(const link::identity& peer, bytes_view body) {
  const auto question = codec::from_wire<group_sought>(body);
  if (!question || question->own.convener.life != peer.life || !desk_->groups) return false;
  const auto answer = desk_->groups->on_sought(*question);
  static_cast<void>(say(*desk_, peer.node, group_found::wire_name, codec::to_wire(answer)));
  return true;
}

bool link_reception::hear_given_up(const link::identity& peer, bytes_view body) {
  const auto news = codec::from_wire<group_given_up>(body);
  if (!news || news->own.convener.life != peer.life || !desk_->groups) return false;
  desk_->groups->on_given_up(*news);
  return true;
}

/// A kind that is another version there than here gets no tasks there: one job, one meaning.
void link_reception::drop_unplaceable(const link::identity& peer, node_report& report) {
  link::identity own;
  own.kinds = desk_->kinds;
  for (const auto& [kind, why] : link::unplaceable_kinds(own, peer))
    if (std::erase_if(report.agents, [&kind = kind](const agent_class& agents) { return agents.kind == kind; }) > 0)
      desk_->tell(why);
}

bool link_reception::hear_for_node(const link::identity& peer, std::string_view kind, bytes_view body) {
  if (!peer.leads) return false;
  if (kind == introduction::wire_name) {
    const auto other = codec::from_wire<introduction>(body);
    if (other) meet(*other);
    return other.has_value();
  }
  if (kind == group_found::wire_name) {
    auto answer = codec::from_wire<group_found>(body);
    if (answer && desk_->groups) desk_->groups->on_found(std::move(*answer));
    return answer.has_value();
  }
  if (kind == peer_lost::wire_name) {
    const auto news = codec::from_wire<peer_lost>(body);
    if (news) desk_->here->on_peer_lost(news->node, news->life, news->why);
    return news.has_value();
  }
  auto message = decode<node_message>(kind, body);
  if (!message) return false;
  desk_->here->hear(std::move(*message));
  return true;
}

void link_reception::relay(const link::identity& peer, bytes_view body) {
  auto letter = codec::from_wire<relayed>(body);
  // Only a leader speaks for another, and only a leader is asked to pass something on.
  const bool honest = letter && (peer.leads || (letter->from == peer.node && letter->from_life == peer.life)) &&
                      (desk_->leader != nullptr || letter->to == desk_->node);
  if (!honest)
    return end_link(*desk_, peer.life, error{errc::protocol_violation, "a relayed message that is not in order"});
  if (letter->to == desk_->node) return take(*letter);
  const bool is_sharing = letter->kind == sharer_state::wire_name || letter->kind == home_state::wire_name;
  const auto by = is_sharing ? link::channel::control : link::channel::bulk;
  const auto passed = say(*desk_, letter->to, relayed::wire_name, body, by);
  if (passed || is_sharing) return;  // the next one says all that this one said
  const peer_lost news{letter->to, {}, to_string(passed.error())};
  static_cast<void>(say(*desk_, peer.node, peer_lost::wire_name, codec::to_wire(news)));
}

void link_reception::take(const relayed& letter) {
  if (auto said = decode<agent_traffic>(letter.kind, letter.body))
    desk_->here->hear(letter.from, letter.from_life, std::move(*said));
  else if (auto shared = decode<sharing_traffic>(letter.kind, letter.body))
    desk_->here->hear(letter.from_life, std::move(*shared));
}

void link_reception::on_stream(const link::identity& peer, const net::stream_key& key, net::byte_stream&& stream) {
  if (desk_->meeting) desk_->meeting->on_stream(peer.life, purpose_of(key), std::move(stream));
}

void link_reception::on_refused(const error& why, bool dialled) { refused_(why, dialled); }

}  // namespace dunlin

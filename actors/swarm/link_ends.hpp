// SPDX-License-Identifier: Apache-2.0
// The ways of messages between the parts of this process and the link, one class a direction. They encode on the
// sender's thread; what comes in is decoded on the link's thread and handed to whom it is for.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "actors/node/local_node.hpp"
#include "actors/swarm/group_directory.hpp"
#include "actors/swarm/node_channel.hpp"
#include "actors/swarm/orchestrator.hpp"
#include "net/link/link_host.hpp"
#include "topology/shape.hpp"

namespace dunlin {

/// A node that this process has a link to.
struct linked_peer {
  std::string node;
  std::uint16_t port = 0;  ///< where it listens
};

/// What the ends of one process share. The parts are set before the link is told whom to dial, and taken away before
/// they end.
struct link_desk {
  std::string node;
  incarnation life;
  overlay_shape shape = overlay_shape::star;
  std::vector<link::plugin_kind> kinds;          ///< that this program brings
  std::function<void(const std::string&)> tell;  ///< a line for the operator
  local_node* here = nullptr;
  orchestrator_handle leader;  ///< null in a process that does not lead
  std::shared_ptr<meeting_place> meeting;
  std::shared_ptr<group_directory> groups;

  std::mutex mutex;
  std::shared_ptr<net::link_host> host;        ///< null before the link stands and when it is taken down
  std::map<std::uint64_t, linked_peer> peers;  ///< by life
  std::string leader_name;                     ///< of a follower's leader; empty while there is no link
  bool has_left = false;                       ///< the last word was said: a heartbeat now would be a new arrival
};

/// A follower's way to its leader.
class remote_leader final : public leader_channel {
 public:
  explicit remote_leader(std::shared_ptr<link_desk> desk) : desk_(std::move(desk)) {}
  void say(leader_message&& message) override;

 private:
  std::shared_ptr<link_desk> desk_;
};

/// The way of a leader's own node to its orchestrator.
class local_leader final : public leader_channel {
 public:
  explicit local_leader(std::shared_ptr<link_desk> desk) : desk_(std::move(desk)) {}
  void say(leader_message&& message) override;

 private:
  std::shared_ptr<link_desk> desk_;
};

/// A leader's ways to every node.
class DUNLIN_EXPORT leader_nodes_channel final : public node_channel {
 public:
  explicit leader_nodes_channel(std::shared_ptr<link_desk> desk) : desk_(std::move(desk)) {}
  void tell(incarnation node, node_message&& message) override;
  void tell_all(const peer_lost& news) override;
  void cut(incarnation node, const error& why) override;

 private:
  std::shared_ptr<link_desk> desk_;
};

/// A node's ways to the agents of others: over its own link if there is one, else through the leader.
class relayed_peers final : public peer_channel {
 public:
  explicit relayed_peers(std::shared_ptr<link_desk> desk) : desk_(std::move(desk)) {}
  result<void> send(const std::string& node, agent_traffic&& message) override;
  result<void> send(const std::string& node, sharing_traffic&& message) override;

 private:
  std::shared_ptr<link_desk> desk_;
};

/// What the link tells, handed on.
class DUNLIN_EXPORT link_reception final : public net::link_events {
 public:
  /// `on_refused` hears why a link did not come about.
  link_reception(std::shared_ptr<link_desk> desk, std::function<void(const error&, bool dialled)> on_refused,
                 std::function<void()> on_leader);

  void on_peer_up(const link::identity& peer) override;
  void on_peer_down(const link::identity& peer, const error& why) override;
  void on_message(const link::identity& peer, std::string_view kind, bytes_view body) override;
  void on_stream(const link::identity& peer, const net::stream_key& key, net::byte_stream&& stream) override;
  void on_refused(const error& why, bool dialled) override;

 private:
  bool hear_for_leader(const link::identity& peer, std::string_view kind, bytes_view body);
  bool hear_for_node(const link::identity& peer, std::string_view kind, bytes_view body);
  void introduce(const link::identity& newcomer);
  void drop_unplaceable(const link::identity& peer, node_report& report);
  void meet(const introduction& other);
  bool answer_sought(const link::identity& peer, bytes_view body);
  bool hear_given_up(const link::identity& peer, bytes_view body);
  void relay(const link::identity& peer, bytes_view body);
  void take(const relayed& letter);

  std::shared_ptr<link_desk> desk_;
  std::function<void(const error&, bool)> refused_;
  std::function<void()> leader_up_;
};

}  // namespace dunlin

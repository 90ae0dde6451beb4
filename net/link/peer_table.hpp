// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "net/link/connection.hpp"

namespace dunlin::net {

using connection_pointer = std::shared_ptr<link_connection>;

/// What came on one connection before the other one stood.
struct early_message {
  connection_pointer by;
  std::string kind;
  bytes body;
};

/// A peer with the two connections to it.
struct link_peer {
  link::identity who;
  connection_pointer control;
  connection_pointer bulk;
  bool is_up = false;                    ///< both stood, and not all has been read yet that came on them
  time_point until = time_point::max();  ///< when only one stands: how much longer
  error farewell;                        ///< what the first to end said
  std::vector<early_message> early;

  connection_pointer& slot(link::channel role) { return role == link::channel::control ? control : bulk; }
};

/// Who is connected. Thread: the host's, but for `find`.
class peer_table {
 public:
  using peer_pointer = std::shared_ptr<link_peer>;

  /// `patience`: how long a peer may take for its second connection.
  peer_table(std::size_t max_peers, duration patience) : max_peers_(max_peers), patience_(patience) {}

  /// Says whether a peer that has proved itself may have this connection.
  /// Errors: duplicate_name, conflict (it has it already), overloaded.
  [[nodiscard]] result<void> admit(const link_connection& which, const link::hello& peer) const;

  struct arrival {
    peer_pointer peer;
    bool came_up = false;
  };
  arrival add(connection_pointer opened, time_point now);

  struct departure {
    peer_pointer peer;
    bool went_down = false;
    connection_pointer other;  ///< which has to end too; may be null
  };
  /// A peer that said goodbye is not down before its other connection has ended too: what is still to be read there
  /// was said before.
  departure remove(link_connection& which, time_point now);

  /// Returns null if there is none.
  [[nodiscard]] peer_pointer of(incarnation life) const;

  /// Returns who has had one connection only for too long.
  [[nodiscard]] std::vector<peer_pointer> overdue(time_point now) const;

  /// Returns the connection to a peer that is up, or null. Thread: any.
  [[nodiscard]] connection_pointer find(const std::string& node, link::channel by) const;

 private:
  const std::size_t max_peers_;
  const duration patience_;
  std::unordered_map<std::uint64_t, peer_pointer> peers_;  // by life
  mutable std::mutex mutex_;                               // guards the slots of peers, and what follows
  std::map<std::string, peer_pointer> by_name_;            // that are up
};

}  // namespace dunlin::net

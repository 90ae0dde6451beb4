// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "net/link/link_host.hpp"

namespace dunlin::test {

/// What a link host has told so far.
struct link_news {
  struct message {
    std::string from;
    std::string kind;
    std::string body;
  };
  struct farewell {
    std::string node;
    error why;
  };
  struct refusal {
    error why;
    bool dialled = false;
  };
  std::vector<link::identity> up;
  std::vector<farewell> down;
  std::vector<message> messages;
  std::vector<refusal> refused;
  bool message_of_a_stranger = false;  ///< one came before its sender was up, or after it went down
};

/// Writes down what a host tells; a test waits until it has what it looks for.
class link_record final : public net::link_events {
 public:
  /// Waits until `enough` is true, at most 10 s; returns whether it is.
  bool wait(const std::function<bool(const link_news&)>& enough, std::chrono::milliseconds patience = 10s) const;

  bool wait_for_up(std::size_t count = 1) const;
  bool wait_for_down(std::size_t count = 1) const;
  bool wait_for_messages(std::size_t count) const;
  bool wait_for_refusal(errc code, bool dialled) const;

  /// Returns what was told until now.
  [[nodiscard]] link_news news() const;

  /// Is called on the host's thread, for a test that answers at once.
  std::function<void(const link::identity&)> when_up;

 private:
  void on_peer_up(const link::identity& peer) override;
  void on_peer_down(const link::identity& peer, const error& why) override;
  void on_message(const link::identity& peer, std::string_view kind, bytes_view body) override;
  void on_refused(const error& why, bool dialled) override;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  link_news news_;
};

inline constexpr const char* flock_secret = "secret of the flock";

/// Returns a node of cluster `flock` on a free port.
net::link_config link_config_of(const std::string& node, std::uint64_t life);

/// Starts a host or throws why it does not.
std::unique_ptr<net::link_host> start_link(net::link_config config, link_record& record);

/// A host with its record.
struct link_node {
  explicit link_node(net::link_config config) : host(start_link(std::move(config), record)) {}
  explicit link_node(const std::string& node, std::uint64_t life) : link_node(link_config_of(node, life)) {}

  link_record record;
  std::unique_ptr<net::link_host> host;
};

/// Two hosts that stand in touch: `b` has dialled `a`.
struct linked_pair {
  linked_pair();

  link_node a{"a", 1};
  link_node b{"b", 2};
};

}  // namespace dunlin::test

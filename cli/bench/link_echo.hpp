// SPDX-License-Identifier: Apache-2.0
// The link alone: messages that come straight back, without tasks.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "cli/bench/peer_process.hpp"
#include "net/link/link_host.hpp"

namespace dunlin::bench {

inline constexpr auto bench_cluster = "bench";

/// Returns a random number for the life of a process.
incarnation random_life();

/// Returns the link of a node of the bench's cluster, on any free port.
net::link_config bench_link(const std::string& node, const std::string& secret);

/// This process' end of a link to a second process that sends everything back.
class link_echo final : net::link_events {
 public:
  /// `directory` is for the secret.
  static result<std::unique_ptr<link_echo>> start(const std::vector<std::string>& program,
                                                  const std::string& directory);

  /// Sends `count` messages of 64 bytes with `window` under way. Returns round trips per second, or 0 if one did not
  /// come back as it was.
  double rate(std::uint64_t count, std::uint64_t window);

 private:
  link_echo() = default;
  void on_peer_up(const link::identity& peer) override;
  void on_peer_down(const link::identity& peer, const error& why) override;
  void on_message(const link::identity& peer, std::string_view kind, bytes_view body) override;
  void on_refused(const error&, bool) override {}
  bool send_next();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string peer_;
  bool is_over_ = true;
  std::uint64_t count_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  std::unique_ptr<net::link_host> host_;
  std::unique_ptr<peer_process> other_;
};

/// Is the second process until `ready_until_end` returns.
result<void> serve_link_echo(const std::string& order, const std::function<void()>& ready_until_end);

}  // namespace dunlin::bench

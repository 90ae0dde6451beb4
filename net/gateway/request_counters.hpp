// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "coordination/observe/views.hpp"

namespace dunlin::net {

/// What the gateway counts about itself. Thread: the gateway's.
class DUNLIN_EXPORT request_counters {
 public:
  /// `route` is the pattern, never the address a client made up: the number of series stays bounded.
  void on_answer(const std::string& route, unsigned status, duration took);

  void on_refused_connection() noexcept { ++refused_connections_; }
  void set_connections(std::size_t open, std::size_t watchers) noexcept;

  /// Appends the counters to what the swarm reports.
  void append_to(metric_snapshot& out) const;

 private:
  static constexpr std::array<double, 8> bounds{0.0001, 0.0005, 0.001, 0.005, 0.02, 0.1, 1, 10};  // seconds

  std::map<std::pair<std::string, unsigned>, std::uint64_t> answers_;
  std::array<std::uint64_t, bounds.size() + 1> times_{};
  double seconds_ = 0;
  std::uint64_t refused_connections_ = 0;
  std::size_t connections_ = 0;
  std::size_t watchers_ = 0;
};

}  // namespace dunlin::net

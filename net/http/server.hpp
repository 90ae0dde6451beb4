// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "coordination/ports.hpp"
#include "net/http/config.hpp"

namespace dunlin::net {

/// The HTTP gateway of a swarm, on a thread of its own. Routes: see `net/gateway`.
class DUNLIN_EXPORT http_server {
 public:
  /// Listens and serves until destroyed; `swarm` must outlive it.
  /// Errors: address_refused (not loopback), already_running (port in use), invalid_argument (token, address),
  /// not_allowed (the system refuses the port), io_failed.
  static result<std::unique_ptr<http_server>> start(http_config config, service& swarm);

  /// Answers what it can within a second, then closes every connection. Thread: any but a completion's.
  ~http_server();
  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept;

  /// Returns `http://127.0.0.1:8080`.
  [[nodiscard]] std::string url() const;

 private:
  struct state;
  explicit http_server(std::unique_ptr<state> state);
  std::unique_ptr<state> state_;
};

}  // namespace dunlin::net

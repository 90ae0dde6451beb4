// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace dunlin::net {

/// What a client may cost. Every limit has an answer: 408-class limits close the connection, counts answer 429 or 503.
struct http_limits {
  using milliseconds = std::chrono::milliseconds;

  std::size_t header_bytes = 8 * 1'024;
  std::size_t body_bytes = 1'024 * 1'024;
  milliseconds header_deadline{5'000};  ///< from the first byte (of the first request: from the connection)
  milliseconds body_deadline{15'000};
  milliseconds idle{30'000};             ///< between two requests
  milliseconds write_deadline{15'000};   ///< for one answer, or one piece of a stream
  milliseconds answer_deadline{30'000};  ///< for the swarm's answer, then 504
  std::size_t connections = 1'024;
  std::size_t connections_per_address = 512;
  std::size_t requests_per_connection = 100'000;
  double requests_per_s = 20'000;  ///< per address
  double burst = 20'000;
  std::size_t watchers = 256;           ///< event streams at once
  milliseconds watch_poll{250};         ///< how often a stream looks for news
  milliseconds watch_beat{15'000};      ///< a comment when there is none
  milliseconds watch_longest{600'000};  ///< then the client comes back with Last-Event-ID
};

struct http_config {
  std::string address = "127.0.0.1";      ///< loopback only
  std::uint16_t port = 8'080;             ///< 0 = any free one
  std::string token;                      ///< needed on every call but /healthz and /readyz; not empty
  std::vector<std::string> more_hosts;    ///< exact Host values beside the loopback names
  std::vector<std::string> more_origins;  ///< exact Origin values beside the loopback names
  http_limits limits;
};

}  // namespace dunlin::net

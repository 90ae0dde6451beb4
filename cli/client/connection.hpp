// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "cli/config/settings.hpp"
#include "net/http/client.hpp"

namespace dunlin::cli {

/// Where a swarm's HTTP interface is.
struct endpoint {
  std::string address;
  std::uint16_t port = 0;
};

/// Reads `http://127.0.0.1:8080` (a trailing slash and a fragment are ignored). Errors: invalid_argument.
[[nodiscard]] result<endpoint> parse_url(const std::string& url);

/// Returns the directory in which the swarm keeps its state: as set, else the user's.
[[nodiscard]] std::string state_dir_of(const settings& config);

/// Finds the swarm: `--url` and `--token-file`, else the `up.json` of the state directory. Nothing is sent yet.
/// Errors: unreachable (no swarm runs here), invalid_argument, and those of the token file: not_found, forbidden,
/// malformed.
[[nodiscard]] result<net::http_client> connect(const settings& config);

}  // namespace dunlin::cli

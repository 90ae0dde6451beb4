// SPDX-License-Identifier: Apache-2.0
// Everything the program can be told, whatever told it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/swarm/swarm_config.hpp"

namespace dunlin::cli {

/// One setting as somebody gave it.
struct given_setting {
  std::string key;     ///< as in TOML: `http.port`
  std::string text;    ///< as on the command line; list items separated by commas
  std::string origin;  ///< `--http-port`, `DUNLIN_HTTP_PORT`, `swarm.toml:3`
};

struct settings {
  swarm_config swarm;
  std::string output = "table";
  std::string url;                   ///< of a swarm's HTTP interface; empty = look in the state directory
  std::uint32_t nodes = 2;           ///< that `up` starts
  std::vector<given_setting> given;  ///< what was told and counts: one entry a key, by key
};

}  // namespace dunlin::cli

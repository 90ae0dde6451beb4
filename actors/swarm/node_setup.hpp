// SPDX-License-Identifier: Apache-2.0
// What a node's configuration means: where its files are, which kinds it serves, which devices it opens, whom it joins.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/agent.hpp"
#include "actors/swarm/swarm_config.hpp"
#include "gpu/device_factory.hpp"

namespace dunlin {

struct leader_address {
  std::string host;
  std::uint16_t port = 0;
};

/// Puts every file whose place was left open into the state directory, and names the directories themselves.
void fill_paths(swarm_config& config);

/// Returns the kinds that this node serves: of `known` and the built-in ones those that the configuration names, or
/// all. Errors: unknown_kind.
result<std::vector<agent_kind>> choose_kinds(std::vector<agent_kind>&& known, const swarm_config& config);

/// Reads HOST:PORT. Errors: invalid_argument.
result<leader_address> parse_leader_address(const std::string& address);

/// Returns the cluster's secret: every node needs the same one, so only the leader makes it. Errors: those of
/// `net::read_or_create_secret`, and not_found.
result<std::string> cluster_secret(const swarm_config& config);

/// Returns what the configuration says of the devices; nothing of the claims on cores.
device_factory_options device_options_of(const swarm_config& config);

/// As `open_devices`; an error's path is the setting's.
result<device_set> open_configured(const device_factory_options& options);

/// Nodes that have the same secret know each other as partners where they share cores. Errors: those of `open_devices`.
result<device_set> open_node_devices(const swarm_config& config, const std::string& secret);

}  // namespace dunlin

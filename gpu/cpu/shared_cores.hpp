// SPDX-License-Identifier: Apache-2.0
// How nodes of one host name the cores that all of them work on: equal names are the same cores.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "coordination/export.hpp"

namespace dunlin {

/// Returns `cpu@HOST-BOOT:CORES/WORKERS/MEBIBYTES`: the same in all processes that see the same cores as one device,
/// another one after the host was started anew.
DUNLIN_EXPORT std::string shared_cores_name(const std::vector<std::uint32_t>& cores, std::uint32_t workers,
                                            std::uint64_t memory_bytes);

/// Returns cores as ranges: `0-3,6`.
DUNLIN_EXPORT std::string core_ranges(const std::vector<std::uint32_t>& cores);

/// Returns what claims of nodes that take turns end in: those of one cluster have the same, others another.
DUNLIN_EXPORT std::string partner_mark(const std::string& cluster);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "coordination/ports.hpp"

namespace dunlin {

struct store_config {
  std::string kind = "sqlite";  ///< `sqlite` or `memory`
  std::string path;             ///< of the database file; its directory exists
};

/// Opens the store. Errors: invalid_argument (unknown kind), already_running (another process has it),
/// version_mismatch (written by a newer version), corrupt, io_failed.
DUNLIN_EXPORT result<std::shared_ptr<store_port>> open_store(const store_config& config);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>
#include <string>

#include "coordination/result.hpp"

namespace dunlin {

inline constexpr int schema_version = 1;

/// Creates the file at `path`, if there is none, so that only its owner may read it; SQLite's own files beside it
/// take over its mode. Errors: io_failed, corrupt (an empty file beside a log that is not: SQLite would drop the log).
result<void> make_private(const std::string& path);

/// Sets what makes a commit durable and cheap, and creates the tables of an empty file or checks those of an old one.
/// Errors: version_mismatch, corrupt, not_supported. Throws: SQLite::Exception.
result<void> prepare_schema(SQLite::Database& database, std::uint32_t checkpoint_pages);

/// Says in our words what SQLite said.
error store_error(const SQLite::Exception& thrown, const std::string& path);

}  // namespace dunlin

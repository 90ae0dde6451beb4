// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

#include "coordination/result.hpp"

namespace dunlin {

inline constexpr int schema_version = 1;

/// Creates the file at `path`, if there is none, so that only its owner may read it; SQLite's own files beside it
/// take over its mode. Errors: io_failed.
result<void> make_private(const std::string& path);

/// Sets what makes a commit durable and cheap, and creates the tables of an empty file or checks those of an old one.
/// Errors: version_mismatch, corrupt, not_supported. Throws: SQLite::Exception.
result<void> prepare_schema(SQLite::Database& database);

/// Says in our words what SQLite said.
error store_error(const SQLite::Exception& thrown, const std::string& path);

}  // namespace dunlin

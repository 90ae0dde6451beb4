// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

#include "coordination/result.hpp"

namespace dunlin {

inline constexpr int schema_version = 1;

/// Sets what makes a commit durable and cheap: write-ahead log, a sync at each commit.
void tune(SQLite::Database& database);

/// Creates the tables of an empty file, or checks those of an old one. Errors: version_mismatch, corrupt.
result<void> prepare_schema(SQLite::Database& database);

/// Says in our words what SQLite said.
error store_error(const SQLite::Exception& thrown, const std::string& path);

}  // namespace dunlin

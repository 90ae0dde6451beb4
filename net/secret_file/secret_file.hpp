// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"

namespace dunlin::net {

/// Returns the secret in `path`: 64 hexadecimal digits. If there is no such file, makes one with 256 random bits that
/// only its owner can read; of several who do so at once, all get the same secret.
/// Errors: forbidden (others can read it), malformed, io_failed.
DUNLIN_EXPORT result<std::string> read_or_create_secret(const std::string& path);

/// Returns the secret in `path`. Errors: as above, and not_found.
DUNLIN_EXPORT result<std::string> read_secret(const std::string& path);

}  // namespace dunlin::net

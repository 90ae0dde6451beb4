// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin::flight {

/// Writes `content` to `path`: the whole or, should the writer die, nothing. Errors: io_failed.
result<void> write_whole(const std::string& path, bytes_view content);

/// Reads a file of at most 64 MiB. Errors: not_found, too_large, io_failed.
result<bytes> read_whole(const std::string& path);

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin::flight {

/// Writes `content` and its hash to `path`: the whole or, should the writer die, nothing. Errors: io_failed.
result<void> write_whole(const std::string& path, bytes_view content);

/// Reads what `write_whole` wrote, at most 64 MiB. Errors: not_found, too_large, io_failed, corrupt (the hash differs).
result<bytes> read_whole(const std::string& path);

}  // namespace dunlin::flight

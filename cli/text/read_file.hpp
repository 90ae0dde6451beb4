// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <istream>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::cli {

/// What a user hands over in a file is never larger than this.
inline constexpr std::size_t largest_file_bytes = 256 << 20;

/// Reads what is left of `in`, called `name` in errors. Errors: too_large, io_failed.
result<std::string> read_all(std::istream& in, const std::string& name, std::size_t most = largest_file_bytes);

/// Reads the file that a user named. Errors: not_found, invalid_argument (a directory), too_large, io_failed.
result<std::string> read_file(const std::string& path, std::size_t most = largest_file_bytes);

}  // namespace dunlin::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "coordination/tasks/task_record.hpp"
#include "net/gateway/target.hpp"

namespace dunlin::net {

/// Reads a whole number parameter; `fallback` where it is absent. Errors: invalid_argument, with its name as path.
DUNLIN_EXPORT result<std::uint64_t> whole_number(const http_target& target, std::string_view name, std::uint64_t lowest,
                                                 std::uint64_t highest, std::uint64_t fallback);

/// Reads `status` or `state` (several by comma or repetition), `kind`, `name`, `after`, `limit`.
/// Errors: unknown_field, invalid_argument, malformed (`after`).
DUNLIN_EXPORT result<task_filter> parse_list_query(const http_target& target);

/// Reads `status` or `state` and `older_than_s`, at least one; matches ended tasks only.
/// Errors: unknown_field, missing_field, invalid_argument.
DUNLIN_EXPORT result<task_filter> parse_erase_query(const http_target& target, wall_ms now);

}  // namespace dunlin::net

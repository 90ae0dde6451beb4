// SPDX-License-Identifier: Apache-2.0
// The kinds that every node brings, whatever program it is part of.
#pragma once

#include <string_view>
#include <vector>

#include "actors/agent.hpp"

namespace dunlin {

/// Runs a program of the operator's list; payload `command_line`, result `command_output`.
inline constexpr std::string_view command_kind_name = "command";

/// Returns its payload at once, without a thread.
inline constexpr std::string_view echo_kind_name = "echo";

/// Holds a thread for as many milliseconds as its payload says (decimal digits) without using the processor.
inline constexpr std::string_view wait_kind_name = "wait";

/// Counts the primes below the number its payload gives (decimal digits, at most 10^9); the result is the count.
inline constexpr std::string_view primes_kind_name = "primes";

/// Returns the kinds above.
DUNLIN_EXPORT std::vector<agent_kind> builtin_kinds();

}  // namespace dunlin

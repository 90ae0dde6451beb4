// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// Runs `measure` in a process of its own, forked from this one, and returns its figures: what it allocates and starts
/// is gone afterwards. Call it while this process has one thread. Errors: those of `measure`, io_failed, crashed.
result<std::vector<double>> measure_apart(const std::function<result<std::vector<double>>()>& measure);

/// Returns the resident bytes of this process; 0 if they cannot be read.
double resident_bytes();

/// Returns the processor seconds that this process has used.
double cpu_seconds();

}  // namespace dunlin::bench

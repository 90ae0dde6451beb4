// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// Runs another runtime's program from tests/bench/peers and returns the number it prints. `settings` are environment
/// variables in the form of a shell. Errors: not_found (it was not built: its package is missing), internal (it printed
/// no number above 0).
result<double> run_peer(const std::string& program, const std::string& arguments, const std::string& settings);

}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "cli/console.hpp"

namespace dunlin::sharing {

struct walk_options {
  std::string svg = "sharing.svg";           ///< where the picture goes
  std::chrono::milliseconds of_each{4'000};  ///< how long the device has each pattern
};

/// Starts a swarm of one process and leads its device through the five patterns while four agents work on it. Prints
/// the contracts after each switch, and a summary; draws the picture. Returns the exit code: not 0 if a task failed.
int walk(const walk_options& options, cli::console& out);

}  // namespace dunlin::sharing

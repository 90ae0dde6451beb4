// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <string>

#include "actors/process/child_options.hpp"
#include "actors/process/descriptor.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// A child that runs, and our ends of what connects us. Every descriptor is non-blocking and closed on exec.
struct spawned_child {
  pid_t pid = -1;      ///< also its process group and session
  descriptor ended;    ///< readable when it has ended
  descriptor output;   ///< its stdout
  descriptor errors;   ///< its stderr
  descriptor channel;  ///< only if asked for
};

/// Starts a child in directory `home`. The child dies with the *thread* that calls this. Errors: not_found (no such
/// executable), io_failed.
DUNLIN_EXPORT result<spawned_child> spawn_child(const child_options& options, const std::string& home);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dunlin {

/// True if no process of this machine with this number can run any more: there is none, or it has ended and only waits
/// to be collected. A number that was given to another process counts as running: the caller is then merely slower.
/// Source: proc(5), /proc/pid/stat.
bool process_is_gone(std::uint64_t pid);

}  // namespace dunlin

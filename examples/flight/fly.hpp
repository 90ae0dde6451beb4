// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dunlin::flight {

/// Starts three node processes, flies the whole plan on them, shows how it goes and what it came to. Returns the exit
/// code: 0 only if every answer checks.
int fly();

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// What the second process of a bench does: the first line of `in` says what to be, `ready` on `out` that it is. It
/// ends with `in`. Errors: malformed (no such role), and whatever keeps it from being that.
result<void> serve_bench_peer(std::istream& in, std::ostream& out);

}  // namespace dunlin::bench

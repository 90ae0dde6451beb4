// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>
#include <string>

#include "coordination/result.hpp"

namespace dunlin::bench {

/// What bare TCP may do differently: the best way is what we are held against.
struct raw_way {
  std::uint32_t threads = 1;   ///< 2 = one sends, one receives
  std::size_t block = 0;       ///< bytes of a system call at most
  bool large_buffers = false;  ///< of the sockets; else as the kernel tunes them
};

/// Is one process of a ring until `in` ends. A line is an order, and is answered with one:
/// `invite MEMBERS` → the invitation · `join INVITATION RAW_PORT` → `ready` · `reduce ELEMENTS IN_PLACE` → seconds ·
/// `raw BYTES THREADS BLOCK LARGE` → seconds; below 0 = it went wrong. `order`: number, arrays' bytes, secret file; the
/// first answer is the port for bare TCP.
result<void> serve_ring_member(const std::string& order, std::istream& in, std::ostream& out);

}  // namespace dunlin::bench

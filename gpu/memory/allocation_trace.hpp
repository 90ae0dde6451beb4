// SPDX-License-Identifier: Apache-2.0
// What was allocated and freed, in order, as a file that another pool can be tried on. One line an event:
//   time_ns,stream,op,id,bytes,alignment
//   1200,0,alloc,17,4096,16
//   5300,0,free,17,4096,16
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

struct allocation_event {
  std::uint64_t time_ns = 0;  ///< since the first event
  std::uint32_t stream = 0;   ///< whose order of work
  bool is_free = false;
  std::uint64_t id = 0;  ///< of the block; free again once it was freed
  std::uint64_t bytes = 0;
  std::uint64_t alignment = 16;

  friend bool operator==(const allocation_event&, const allocation_event&) = default;
};

inline constexpr std::string_view allocation_trace_header = "time_ns,stream,op,id,bytes,alignment";

/// Returns one line without its end.
DUNLIN_EXPORT std::string to_csv_line(const allocation_event& event);

/// Reads a whole trace. Errors, with the line as their path: malformed (no header, a field that is no number),
/// conflict (an id that is in use is allocated, one that is not is freed, or with other bytes), invalid_argument (an
/// alignment that is no power of two).
DUNLIN_EXPORT result<std::vector<allocation_event>> parse_allocation_trace(std::string_view csv);

/// Returns the most bytes that are in use at once.
DUNLIN_EXPORT std::uint64_t peak_live_bytes(const std::vector<allocation_event>& trace) noexcept;

}  // namespace dunlin

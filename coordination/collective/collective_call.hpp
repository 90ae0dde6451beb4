// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "coordination/result.hpp"
#include "coordination/types.hpp"

namespace dunlin {

/// What a group of members does together. Shapes are of one member's buffer, in elements; n = members.
enum class collective_kind : std::uint8_t {
  all_reduce,      ///< `[count]`: everybody ends with the combination of all
  reduce_scatter,  ///< `[count]`: member i ends with the combination of the i-th of n parts in that part
  all_gather,      ///< `[count]`: member i brings the i-th of n parts, everybody ends with all
  broadcast,       ///< `[count]`: everybody ends with what `root` has
  barrier,         ///< no elements: nobody goes on before everybody has come
  send,            ///< `[count]`: `peer` ends with what `root` has; the others have no part in it
};

[[nodiscard]] DUNLIN_EXPORT std::string_view to_string(collective_kind kind) noexcept;

struct collective_call {
  collective_kind kind = collective_kind::barrier;
  std::uint64_t count = 0;
  std::uint32_t root = 0;  ///< of broadcast and send
  std::uint32_t peer = 0;  ///< of send
};

/// Where part `index` of `count` elements lies when it is cut into `parts`: as even as can be, in order.
struct element_range {
  std::uint64_t from = 0;
  std::uint64_t count = 0;

  [[nodiscard]] std::uint64_t end() const noexcept { return from + count; }
  friend bool operator==(const element_range&, const element_range&) = default;
};
[[nodiscard]] DUNLIN_EXPORT element_range part_of(std::uint64_t count, std::uint32_t parts,
                                                  std::uint32_t index) noexcept;

/// Errors: invalid_argument (no members, a root or peer that is none, a send to itself).
[[nodiscard]] DUNLIN_EXPORT result<void> check(const collective_call& call, std::uint32_t members);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// Private to the worker index.
#pragma once

#include <memory>
#include <vector>

#include "coordination/scheduling/load_ladder.hpp"
#include "coordination/scheduling/worker_index.hpp"

namespace dunlin {

/// The shapes that the same workers may run, and those workers by breadth and fill.
struct eligibility_class {
  /// Workers of one breadth.
  struct tier {
    std::uint16_t breadth = 0;
    load_ladder ladder;
  };

  slot_set eligible;
  slot_set with_room;
  std::uint64_t digest = 0;  // of `eligible`, in any order
  std::vector<shape_id> shapes;
  std::vector<std::unique_ptr<tier>> tiers;  // by rising breadth

  /// Returns the ladder of that breadth, made if need be; its address stays.
  load_ladder& ladder_of(std::uint16_t breadth);

  [[nodiscard]] member_number least_loaded() const noexcept;
  [[nodiscard]] member_number most_specialised() const noexcept;
};

/// Returns what adding or removing `slot` does to a digest: xor it in.
[[nodiscard]] std::uint64_t digest_of(worker_slot slot) noexcept;

}  // namespace dunlin

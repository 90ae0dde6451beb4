// SPDX-License-Identifier: Apache-2.0
// How far an agent's claims are to be believed: the smoothed part of the times in which it used what its claim had got
// it. Nothing counts but what the device measured; an agent that got less than it claimed and used that has kept its
// word. Trust is lost four times as fast as it is won back: so an agent that claims more than it needs is held, most of
// the time, to less than it needs, and one that claims its need is never held to less.
#pragma once

#include <cstdint>

#include "coordination/types.hpp"

namespace dunlin {

class DUNLIN_EXPORT credibility {
 public:
  /// Whoever uses so much of its allotment has kept its word.
  static constexpr std::uint32_t kept_milli = 900;
  static constexpr std::uint32_t lowest_milli = 10;  ///< nobody is lost for good

  /// The agent was allotted so much and used so much of it. Units: any, the same for both.
  void judge(std::uint64_t allotted, std::uint64_t used) noexcept;

  /// Returns what its claims are to be scaled by: 1 000 = they are believed.
  [[nodiscard]] std::uint32_t milli() const noexcept { return milli_; }

 private:
  std::uint32_t milli_ = 1'000;
};

}  // namespace dunlin

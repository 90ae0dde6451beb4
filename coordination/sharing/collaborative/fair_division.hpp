// SPDX-License-Identifier: Apache-2.0
// Weighted dominant-resource fairness over the compute of one device, by progressive filling: whoever has least of
// what its weight entitles it to is raised first, and nobody above what it claims. Bytes are not divided, because
// memory in use cannot be taken back; who has many of them is raised more slowly. What cannot be split goes to the
// oldest.
//
// Claims are met in tiers: what is kept, then what is guaranteed, then what everybody must have, then what each could
// use besides.
//
// Invariants: never more than there is; nothing is left while anybody claims more; a claim gets at least its needs or
// its part by weight, whichever is less, of what the tiers before it leave (times the part of its dominant share that
// is compute); of two whose needs are unmet in one tier and that were raised in it, neither has more for its weight by
// more than one indivisible part (no envy); more weight never gives less than one part less. Looks at each claim some
// ten times a tier, 49 times at worst.
// Source: Ghodsi et al., Dominant Resource Fairness, NSDI 2011.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coordination/types.hpp"

namespace dunlin {

/// One who is raised from what it has towards a cap. Amounts are at most `most_divided`.
struct vessel {
  std::uint64_t has = 0;
  std::uint64_t cap = 0;
  std::uint32_t pull = 1;  ///< how fast it fills, as `pull_of` says
};

inline constexpr std::uint64_t most_divided = 1U << 20;

/// Returns how fast a claim of `most` of `total` fills, with a weight of 1 to 1 000 and bytes of so many millionths of
/// the device: in proportion to its weight where compute is its dominant resource, slower where bytes are.
DUNLIN_EXPORT std::uint32_t pull_of(std::uint32_t weight, std::uint64_t most, std::uint64_t total,
                                    std::uint32_t memory_ppm) noexcept;

/// Returns bytes in millionths of the device's; 0 if it has none.
DUNLIN_EXPORT std::uint32_t memory_ppm(std::uint64_t bytes, std::uint64_t of_bytes) noexcept;

/// Hands out `rest`, the least filled first, among equals the oldest. Returns what nobody can take.
DUNLIN_EXPORT std::uint64_t fill_fairly(std::span<vessel> oldest_first, std::uint64_t rest);

/// What somebody claims of an amount, in tiers; one that is less than the one before it adds nothing.
struct fair_claim {
  std::uint32_t weight = 100;    ///< 1-1 000
  std::uint32_t memory_ppm = 0;  ///< bytes, in millionths of the device's
  std::uint64_t kept = 0;        ///< is not taken away
  std::uint64_t guaranteed = 0;  ///< comes before what others need
  std::uint64_t least = 0;       ///< needs
  std::uint64_t most = 0;        ///< could use
};

/// Returns what each gets of `total`, which is at most `most_divided`.
DUNLIN_EXPORT std::vector<std::uint64_t> divide_fairly(std::span<const fair_claim> oldest_first, std::uint64_t total);

/// Returns what each gets of `total` so that needs are met as far as they can be; what is left is for extras. Writes
/// it to `rest`.
DUNLIN_EXPORT std::vector<vessel> meet_needs(std::span<const fair_claim> oldest_first, std::uint64_t total,
                                             std::uint64_t& rest);

}  // namespace dunlin

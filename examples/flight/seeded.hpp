// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>
#include <span>
#include <utility>

namespace dunlin::flight {

/// A generator whose whole sequence follows from its seed, the same on every machine: the standard
/// library's distributions are not, so the few that the kinds need are members here.
/// Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (SplitMix64).
class seeded {
 public:
  explicit seeded(std::uint64_t seed) noexcept : state_{seed} {}

  /// Returns the next 64 random bits.
  std::uint64_t next() noexcept {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
  }

  /// Returns a number in [0, bound); 0 when `bound` is 0. The bias is below bound / 2^64.
  std::uint64_t below(std::uint64_t bound) noexcept {
    __extension__ using wide = unsigned __int128;
    return static_cast<std::uint64_t>((static_cast<wide>(next()) * bound) >> 64);
  }

  /// Returns a number in [0, 1) with 53 random bits.
  double uniform() noexcept { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

  /// Returns a number in [low, high).
  double between(double low, double high) noexcept { return low + (high - low) * uniform(); }

  /// Returns a standard normal number (Box-Muller, one of the pair).
  double normal() noexcept {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }

  /// Permutes `items` uniformly (Fisher-Yates).
  template <class T>
  void shuffle(std::span<T> items) noexcept {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(i)]);
  }

 private:
  std::uint64_t state_;
};

/// Returns a seed for part `part` of the work that `seed` names; neighbours are unrelated.
inline std::uint64_t seed_of_part(std::uint64_t seed, std::uint64_t part) noexcept {
  seeded mixed{seed ^ (part * 0xd1342543de82ef95ull)};
  mixed.next();
  return mixed.next();
}

}  // namespace dunlin::flight

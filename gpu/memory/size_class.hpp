// SPDX-License-Identifier: Apache-2.0
// Sizes, sorted into classes by which free blocks are filed, and into five tiers that say how blocks are kept. Neither
// rounds a request up: a block has the size that was asked for, to the granule.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

namespace dunlin {

/// What every offset and size in a pool is a multiple of. Units: bytes.
inline constexpr std::uint64_t memory_granule = 16;

/// Returns `bytes` to the next granule, at least one.
constexpr std::uint64_t granules_of(std::uint64_t bytes) noexcept {
  return bytes == 0 ? memory_granule : (bytes + memory_granule - 1) & ~(memory_granule - 1);
}

/// How blocks of a size are treated when they are freed and placed.
struct size_tier {
  std::string_view name;
  std::uint64_t up_to_bytes;  ///< the largest block of the tier
  std::uint32_t kept_blocks;  ///< how many freed blocks of one class a stream keeps for itself
  bool whole_pages;           ///< begins at a page, so that nothing else keeps its pages when it is freed
};

inline constexpr std::array<size_tier, 5> size_tiers{{
    {"tiny", 1ULL << 10, 64, false},
    {"small", 1ULL << 20, 16, false},
    {"medium", 10ULL << 20, 4, false},
    {"large", 100ULL << 20, 0, false},
    {"direct", ~0ULL, 0, true},
}};

constexpr std::size_t tier_of(std::uint64_t bytes) noexcept {
  std::size_t at = 0;
  while (bytes > size_tiers[at].up_to_bytes) ++at;
  return at;
}

/// One class a granule up to 1 KiB, then eight a doubling: blocks of one class differ by an eighth at most.
inline constexpr std::uint32_t exact_classes = 64;
inline constexpr std::uint32_t classes_per_doubling = 8;
inline constexpr std::uint32_t size_class_count = exact_classes + classes_per_doubling * (64 - 10);

/// Returns the class of a block. Requires: `bytes` is a positive multiple of the granule.
constexpr std::uint32_t size_class_of(std::uint64_t bytes) noexcept {
  if (bytes <= exact_classes * memory_granule) return static_cast<std::uint32_t>(bytes / memory_granule) - 1;
  const auto doubling = static_cast<std::uint32_t>(std::bit_width(bytes)) - 1;  // at least 10
  const auto eighth = static_cast<std::uint32_t>(bytes >> (doubling - 3)) & (classes_per_doubling - 1);
  return exact_classes + (doubling - 10) * classes_per_doubling + eighth;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>
#include <tuple>

#include "coordination/bytes.hpp"
#include "coordination/link/envelope.hpp"

namespace dunlin::link {

/// How much one side may have in flight towards the other: what the receiver has not yet said it consumed.
struct window {
  std::uint32_t frames = 0;
  std::uint64_t bytes = 0;
  static auto fields(auto& m) { return std::tie(m.frames, m.bytes); }
  friend bool operator==(const window&, const window&) = default;

  /// True if `other` lies within both bounds.
  [[nodiscard]] constexpr bool holds(const window& other) const noexcept {
    return other.frames <= frames && other.bytes <= bytes;
  }
  constexpr window& operator+=(const window& other) noexcept {
    frames += other.frames;
    bytes += other.bytes;
    return *this;
  }
  constexpr window& operator-=(const window& other) noexcept {
    frames -= other.frames;
    bytes -= other.bytes;
    return *this;
  }
};

/// A peer's 4 MiB and 1 024 frames, divided so that neither connection can use up the other's share.
inline constexpr window control_window{768, 3 * 1024 * 1024};
inline constexpr window bulk_window{256, 1024 * 1024};

/// Returns what one message takes of a window; both sides count alike.
[[nodiscard]] constexpr window cost_of(std::string_view kind, bytes_view body) noexcept {
  return {1, envelope_overhead_bytes + kind.size() + body.size()};
}

}  // namespace dunlin::link

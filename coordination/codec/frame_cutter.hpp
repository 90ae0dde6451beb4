// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Bytes of the big-endian length that every frame begins with.
inline constexpr std::size_t length_bytes = 4;

/// Writes the length into the first bytes of a frame that is whole otherwise.
DUNLIN_EXPORT void set_length(std::span<std::byte> frame) noexcept;

/// Cuts a stream of bytes into frames. Frames that lie whole in a chunk are not copied; one that spans chunks is put
/// together as it arrives, so that memory follows bytes received, never a length claimed.
class DUNLIN_EXPORT frame_cutter {
 public:
  /// Takes the next chunk, which must outlive the frames cut from it. What was cut before becomes invalid.
  void feed(bytes_view chunk) noexcept { chunk_ = chunk; }

  /// Returns the next frame without its length, or nothing until more is fed; call until then.
  /// Errors: protocol_violation (longer than `limit`).
  result<std::optional<bytes_view>> next(std::size_t limit);

 private:
  void take_up_to(std::size_t size);
  std::optional<bytes_view> finish_begun(std::size_t size);

  bytes_view chunk_;
  bytes begun_;     // a frame whose end has not come
  bytes finished_;  // the one that this chunk completed
};

}  // namespace dunlin

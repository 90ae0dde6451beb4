// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "actors/collective/group_words.hpp"
#include "coordination/codec/frame_cutter.hpp"
#include "net/link/byte_stream.hpp"

namespace dunlin {

/// Words over a stream, in order. Nothing waits. Thread: one at a time.
class DUNLIN_EXPORT word_stream {
 public:
  explicit word_stream(net::byte_stream stream) noexcept : stream_(std::move(stream)) {}

  /// After an error the stream is closed, for both sides.
  /// Errors: link_down (also where the other side has not read for so long that there is no room).
  result<void> say(const group_word& word);

  /// Returns the next word that has come; none if there is none yet. Errors: link_down, protocol_violation.
  result<std::optional<group_word>> hear();

  [[nodiscard]] int descriptor() const noexcept { return stream_.descriptor(); }

 private:
  result<bool> receive();

  net::byte_stream stream_;
  frame_cutter cutter_;
  std::deque<group_word> heard_;
};

}  // namespace dunlin

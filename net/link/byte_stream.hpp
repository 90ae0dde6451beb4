// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "coordination/bytes.hpp"
#include "coordination/result.hpp"

namespace dunlin::net {

/// What a stream is for, in words of those who use it.
using stream_key = std::array<std::byte, 32>;

/// Bytes between two processes that have proved to each other that they know the cluster's secret: straight from and
/// into the caller's memory, without frames. Nothing here waits: `poll` the descriptor. Thread: one at a time.
class DUNLIN_EXPORT byte_stream {
 public:
  /// Takes over a connected socket. Its buffers become as large as the system allows: a sender that does something
  /// else in between keeps its peer busy.
  explicit byte_stream(int descriptor) noexcept;
  ~byte_stream() { close(); }
  byte_stream(byte_stream&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  byte_stream& operator=(byte_stream&& other) noexcept;
  byte_stream(const byte_stream&) = delete;
  byte_stream& operator=(const byte_stream&) = delete;

  /// Returns two ends of one stream in this process. Errors: io_failed.
  static result<std::pair<byte_stream, byte_stream>> make_pair();

  /// Sends the parts in order, at most 16 of them. Returns how many bytes went; 0 = there is no room now.
  /// Errors: link_down.
  result<std::size_t> send_some(std::span<const bytes_view> parts) noexcept;

  /// Returns how many bytes came; 0 = none are there now. Errors: link_down (also when the peer has closed).
  result<std::size_t> receive_some(std::span<std::byte> into) noexcept;

  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
  void close() noexcept;

 private:
  int descriptor_;
};

}  // namespace dunlin::net

// SPDX-License-Identifier: Apache-2.0
// Elements over streams: a header, then the elements as they lie in memory. Both ends are of the same build (the
// handshake has checked it), so nothing is encoded. Elements go from the caller's array to the kernel and from the
// kernel to where they belong; what is to be added comes into a piece of memory that stays in the cache, and is added
// from there before the next piece is fetched.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <vector>

#include "gpu/kernels/kernel_backend.hpp"
#include "net/link/byte_stream.hpp"

namespace dunlin {

/// Before every chunk.
struct chunk_header {
  std::uint64_t operation = 0;
  std::uint32_t epoch = 0;
  std::uint32_t lane = 0;
  std::uint32_t round = 0;
  std::uint32_t zero = 0;
  std::uint64_t elements = 0;
};
static_assert(sizeof(chunk_header) == 32, "it has no gaps");

/// What waits to be sent to one member; holds views of the caller's array. Thread: one at a time.
class DUNLIN_EXPORT chunk_sender {
 public:
  explicit chunk_sender(net::byte_stream stream) noexcept : stream_(std::move(stream)) {}

  void put(const chunk_header& header, std::span<const float> elements);

  /// Sends as much as there is room for, at most 256 KiB. Returns whether anything went. Errors: link_down.
  result<bool> send_some();

  /// Forgets what has not begun to leave; what has is sent to its end, whatever lies in the array then.
  void drop_unbegun();

  [[nodiscard]] bool is_idle() const noexcept { return queue_.empty(); }
  [[nodiscard]] int descriptor() const noexcept { return stream_.descriptor(); }

 private:
  struct chunk {
    chunk_header header;
    bytes_view elements;
  };

  net::byte_stream stream_;
  std::deque<chunk> queue_;
  std::size_t sent_ = 0;  ///< bytes of the first, its header among them
};

/// Where the elements of a chunk go.
struct chunk_landing {
  enum class kind : std::uint8_t {
    leave,      ///< its turn comes later: it stays in its stream
    discard,    ///< nowhere: it is of an attempt that was given up
    overwrite,  ///< into `into`
    combine,    ///< added to `own`, the sum into `into`
  };
  kind what = kind::leave;
  const float* own = nullptr;
  float* into = nullptr;
};

/// Decides about chunks as they come.
class DUNLIN_EXPORT chunk_owner {
 public:
  virtual ~chunk_owner() = default;

  /// Errors: protocol_violation.
  virtual result<chunk_landing> land(std::uint32_t from, const chunk_header& header) = 0;

  /// Its elements are where they belong; not called for what was discarded.
  virtual void on_landed(std::uint32_t from, const chunk_header& header) = 0;
};

/// What comes from one member. Thread: one at a time.
class DUNLIN_EXPORT chunk_receiver {
 public:
  chunk_receiver(std::uint32_t from, net::byte_stream stream) noexcept : from_(from), stream_(std::move(stream)) {}

  /// Receives what is there, at most 512 KiB. Returns whether anything came. Errors: link_down, protocol_violation,
  /// those of the kernel.
  result<bool> receive_some(chunk_owner& owner, kernel_backend& kernels);

  /// The rest of a chunk that has begun to come goes nowhere.
  void abandon() noexcept;

  /// The next chunk's turn has not come: there is no use in waiting for more.
  [[nodiscard]] bool is_parked() const noexcept { return is_parked_; }
  [[nodiscard]] int descriptor() const noexcept { return stream_.descriptor(); }

 private:
  [[nodiscard]] result<std::size_t> receive_header();
  [[nodiscard]] result<bool> begin(chunk_owner& owner);
  [[nodiscard]] result<bool> finish(chunk_owner& owner);
  [[nodiscard]] result<std::size_t> receive_elements(kernel_backend& kernels);
  [[nodiscard]] result<void> combine(kernel_backend& kernels);
  [[nodiscard]] std::span<std::byte> next_room();

  std::uint32_t from_;
  net::byte_stream stream_;
  chunk_header header_;
  std::size_t header_bytes_ = 0;
  std::optional<chunk_landing> landing_;  ///< of the chunk that comes
  bool is_parked_ = false;
  std::size_t landed_ = 0;       ///< bytes of the chunk
  std::vector<float> piece_;     ///< what is to be added or dropped
  std::size_t piece_bytes_ = 0;  ///< in it
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "coordination/codec/frame_cutter.hpp"

#include <algorithm>

namespace dunlin {

namespace {

constexpr std::size_t keep_bytes = 64 * 1024;

std::size_t length_in(bytes_view raw) noexcept {
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes; ++i) length = (length << 8) | static_cast<std::uint8_t>(raw[i]);
  return length;
}

tl::unexpected<error> too_long(std::size_t length, std::size_t limit) {
  return fail(errc::protocol_violation,
              "a frame of " + std::to_string(length) + " bytes, over the limit of " + std::to_string(limit));
}

}  // namespace

void set_length(std::span<std::byte> frame) noexcept {
  const auto length = frame.size() - length_bytes;
  for (std::size_t i = 0; i < length_bytes; ++i)
    frame[i] = static_cast<std::byte>(length >> (8 * (length_bytes - 1 - i)));
}

result<std::optional<bytes_view>> frame_cutter::next(std::size_t limit) {
  if (begun_.empty() && chunk_.size() >= length_bytes) {
    const auto length = length_in(chunk_);
    if (length > limit) return too_long(length, limit);
    if (chunk_.size() - length_bytes >= length) {
      const auto frame = chunk_.subspan(length_bytes, length);
      chunk_ = chunk_.subspan(length_bytes + length);
      return frame;
    }
  }
  take_up_to(length_bytes);
  if (begun_.size() < length_bytes) return std::nullopt;
  const auto length = length_in(begun_);
  if (length > limit) return too_long(length, limit);
  return finish_begun(length_bytes + length);
}

void frame_cutter::take_up_to(std::size_t size) {
  if (begun_.size() >= size) return;
  const auto count = std::min(size - begun_.size(), chunk_.size());
  begun_.insert(begun_.end(), chunk_.begin(), chunk_.begin() + static_cast<std::ptrdiff_t>(count));
  chunk_ = chunk_.subspan(count);
}

std::optional<bytes_view> frame_cutter::finish_begun(std::size_t size) {
  take_up_to(size);
  if (begun_.size() < size) return std::nullopt;
  std::swap(begun_, finished_);
  begun_.clear();
  if (begun_.capacity() > keep_bytes) begun_.shrink_to_fit();
  return bytes_view{finished_}.subspan(length_bytes);
}

}  // namespace dunlin

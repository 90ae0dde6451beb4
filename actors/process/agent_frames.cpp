// SPDX-License-Identifier: Apache-2.0
#include "actors/process/agent_frames.hpp"

namespace dunlin {

bytes make_frame(std::uint8_t kind, bytes_view body) {
  bytes out;
  out.reserve(frame_header_bytes + body.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<std::byte>(body.size() >> shift));
  out.push_back(static_cast<std::byte>(kind));
  out.insert(out.end(), body.begin(), body.end());
  return out;
}

result<bool> frame_cutter::next(agent_frame& out) {
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  if (waiting_.size() < frame_header_bytes) return false;
  std::size_t size = 0;
  for (std::size_t i = 0; i < 4; ++i) size = size << 8 | std::to_integer<std::size_t>(waiting_[i]);
  if (size > max_frame_body_bytes)
    return fail(errc::protocol_violation,
                "a frame of " + std::to_string(size) + " bytes, more than " + std::to_string(max_frame_body_bytes));
  if (waiting_.size() < frame_header_bytes + size) return false;
  out = {std::to_integer<std::uint8_t>(waiting_[4]), bytes_view{waiting_}.subspan(frame_header_bytes, size)};
  taken_ = frame_header_bytes + size;
  return true;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#include "actors/process/agent_frames.hpp"

namespace dunlin {

bytes make_frame(std::uint8_t kind, bytes_view body) {
  bytes out(length_bytes + 1);
  out.reserve(out.size() + body.size());
  out.back() = static_cast<std::byte>(kind);
  out.insert(out.end(), body.begin(), body.end());
  set_length(out);
  return out;
}

result<agent_frame> to_agent_frame(bytes_view frame) {
  if (frame.empty()) return fail(errc::protocol_violation, "an empty frame");
  return agent_frame{std::to_integer<std::uint8_t>(frame.front()), frame.subspan(1)};
}

}  // namespace dunlin

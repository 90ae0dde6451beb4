// SPDX-License-Identifier: Apache-2.0
#include "actors/process/serve_agent_child.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>

namespace dunlin {

namespace {

result<bytes> guarded(const child_handler& handle, const child_order& order, child_link& link) {
  try {
    return handle(order, link);
  } catch (const std::exception& e) {
    return fail(errc::handler_threw, e.what());
  } catch (...) {
    return fail(errc::handler_threw, "an exception that is no std::exception");
  }
}

child_outcome outcome_of(result<bytes> end) {
  if (end && end->size() > max_inline_bytes)
    end = fail(errc::output_too_large, "the result has " + std::to_string(end->size()) + " bytes, " +
                                           std::to_string(max_inline_bytes) + " fit");
  if (end) return {errc::none, {}, std::move(*end)};
  auto& why = end.error();
  // A code of none would look like success.
  const auto code = why.code == errc::none ? errc::handler_failed : why.code;
  return {code, to_frame_text(std::move(why.context)), {}};
}

/// Returns false at the end of the stream.
bool read_more(int fd, frame_cutter& frames) {
  std::array<std::byte, 16 * 1024> room;
  ssize_t got = 0;
  do got = ::read(fd, room.data(), room.size());
  while (got < 0 && errno == EINTR);
  if (got <= 0) return false;
  frames.add({room.data(), static_cast<std::size_t>(got)});
  return true;
}

}  // namespace

void child_link::progress(task_progress what) {
  what.message = to_frame_text(std::move(what.message));
  static_cast<void>(send(to_frame(child_progress{std::move(what)})));  // a lost link ends the child at its next read
}

result<void> child_link::save_checkpoint(bytes state) {
  if (state.size() > max_inline_bytes)
    return fail(errc::too_large, "a checkpoint of " + std::to_string(state.size()) + " bytes");
  return send(to_frame(child_checkpoint{std::move(state)}));
}

result<void> child_link::send(bytes_view frame) const {
  while (!frame.empty()) {
    const auto sent = ::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EINTR) return fail(errc::link_down, std::string("send: ") + std::strerror(errno));
    if (sent > 0) frame = frame.subspan(static_cast<std::size_t>(sent));
  }
  return {};
}

int serve_agent_child(int fd, const child_handler& handle) {
  frame_cutter frames;
  child_link link{fd};
  agent_frame frame;
  for (;;) {
    const auto whole = frames.next(frame);
    if (!whole) return 1;
    if (!*whole) {
      if (!read_more(fd, frames)) return 0;
      continue;
    }
    const auto order = frame.as<child_order>();
    if (!order) return 1;
    auto end = guarded(handle, *order, link);
    if (!link.send(to_frame(outcome_of(std::move(end))))) return 0;
  }
}

}  // namespace dunlin

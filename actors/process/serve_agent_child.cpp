// SPDX-License-Identifier: Apache-2.0
#include "actors/process/serve_agent_child.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <exception>

#include "coordination/codec/wire_text.hpp"

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
  return {code, as_wire_text(std::move(why.context)), {}};
}

}  // namespace

void child_link::progress(task_progress what) {
  what.message = as_wire_text(std::move(what.message));
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

result<bytes> child_link::ask(std::string type, bytes body) {
  auto frame = to_frame(child_question{std::move(type), std::move(body)});
  if (frame.size() > length_bytes + max_agent_frame_bytes)
    return fail(errc::too_large, "a question of " + std::to_string(frame.size()) + " bytes");
  if (auto sent = send(frame); !sent) return fail(std::move(sent.error()));
  const auto next = receive();
  if (!next) return fail(error{next.error()});
  if (!*next) return fail(errc::link_down, "the node closed the channel");
  auto answer = (*next)->as<child_answer>();
  if (!answer) return fail(std::move(answer.error()));
  if (answer->code != errc::none) return fail(answer->code, std::move(answer->text));
  return std::move(answer->body);
}

result<std::optional<agent_frame>> child_link::receive() {
  for (;;) {
    const auto cut = frames_.next(max_agent_frame_bytes);
    if (!cut) return fail(error{cut.error()});
    if (*cut) return to_agent_frame(**cut);
    const auto got = ::read(fd_, read_.data(), read_.size());
    if (got == 0 || (got < 0 && errno != EINTR)) return std::nullopt;
    if (got > 0) frames_.feed({read_.data(), static_cast<std::size_t>(got)});
  }
}

int serve_agent_child(int fd, const child_handler& handle) {
  child_link link{fd};
  for (;;) {
    const auto frame = link.receive();
    if (!frame) return 1;
    if (!*frame) return 0;
    const auto order = (*frame)->as<child_order>();
    if (!order) return 1;
    auto end = guarded(handle, *order, link);
    if (!link.send(to_frame(outcome_of(std::move(end))))) return 0;
  }
}

}  // namespace dunlin

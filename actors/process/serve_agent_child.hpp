// SPDX-License-Identifier: Apache-2.0
// The child's side of an agent in a process.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <optional>

#include "actors/process/agent_frames.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Descriptor of the channel in a child that was started with one.
inline constexpr int child_channel_fd = 3;

/// What a handler in a child can tell and ask its node. Thread: the handler's. When the node is gone, the child is
/// ended.
class DUNLIN_EXPORT child_link {
 public:
  explicit child_link(int fd) noexcept : fd_(fd) {}
  void progress(task_progress what);

  /// Errors: too_large (over 192 KiB), link_down.
  result<void> save_checkpoint(bytes state);

  /// Asks the node and waits for its answer: `type` and `body` mean what node and handler agreed on.
  /// Errors: too_large, link_down, protocol_violation, or what the node answers.
  result<bytes> ask(std::string type, bytes body);

  /// Waits for the next frame, valid until the next call; nothing at the end of the stream.
  /// Errors: protocol_violation.
  result<std::optional<agent_frame>> receive();

  /// Errors: link_down.
  result<void> send(bytes_view frame) const;

 private:
  int fd_;
  frame_cutter frames_;
  std::array<std::byte, std::size_t{16} * 1024> read_{};  // what frames_ cuts from
};

using child_handler = std::function<result<bytes>(const child_order&, child_link&)>;

/// Runs one order after the other until the node closes the channel. An exception of the handler becomes
/// `handler_threw`, a result over 192 KiB `output_too_large`. Returns the exit code for `main`: 0, or 1 if the node
/// broke the protocol.
DUNLIN_EXPORT int serve_agent_child(int fd, const child_handler& handle);

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// What a node and an agent in a child process say to each other: frames of four bytes of length, one byte of kind and a
// message in the codec's form.
#pragma once

#include <cstdint>
#include <tuple>

#include "coordination/codec/fields.hpp"
#include "coordination/codec/frame_cutter.hpp"
#include "coordination/tasks/task_record.hpp"

namespace dunlin {

/// The right to use a device, as the node's coordinator granted it.
struct child_lease {
  lease_id id;  ///< 0 = the task asked for none
  device_id device;
  fencing_token token = 0;
  std::uint32_t compute_units = 0;
  std::string enforcement;
  static auto fields(auto& m) { return std::tie(m.id, m.device, m.token, m.compute_units, m.enforcement); }
  friend bool operator==(const child_lease&, const child_lease&) = default;
};

/// Parent to child: do this.
struct child_order {
  static constexpr std::uint8_t frame_kind = 1;
  task_id id;
  std::uint32_t attempt = 1;
  fencing_token epoch = 0;
  std::string kind;
  bytes payload;
  std::int64_t deadline_ms = 0;  ///< from now; 0 = none
  bytes checkpoint;
  agent_address self;
  std::uint64_t memory_cap = 0;  ///< bytes; 0 = none
  child_lease lease;
  static auto fields(auto& m) {
    return std::tie(m.id, m.attempt, m.epoch, m.kind, m.payload, m.deadline_ms, m.checkpoint, m.self, m.memory_cap,
                    m.lease);
  }
  friend bool operator==(const child_order&, const child_order&) = default;
};

/// Child to parent: so far.
struct child_progress {
  static constexpr std::uint8_t frame_kind = 2;
  task_progress progress;
  static auto fields(auto& m) { return std::tie(m.progress); }
};

/// Child to parent: keep this for the next attempt.
struct child_checkpoint {
  static constexpr std::uint8_t frame_kind = 3;
  bytes state;
  static auto fields(auto& m) { return std::tie(m.state); }
};

/// Child to parent: done. `code` none = succeeded.
struct child_outcome {
  static constexpr std::uint8_t frame_kind = 4;
  errc code = errc::none;
  std::string text;
  bytes output;
  static auto fields(auto& m) { return std::tie(m.code, m.text, m.output); }
};

/// Child to parent: a question of the running handler, such as a message to another agent. One at a time.
struct child_question {
  static constexpr std::uint8_t frame_kind = 5;
  std::string type;
  bytes body;
  static auto fields(auto& m) { return std::tie(m.type, m.body); }
};

/// Parent to child: the answer. `code` none = answered.
struct child_answer {
  static constexpr std::uint8_t frame_kind = 6;
  errc code = errc::none;
  std::string text;
  bytes body;
  static auto fields(auto& m) { return std::tie(m.code, m.text, m.body); }
};

/// Without the length. An order holds a payload and a checkpoint of full size.
inline constexpr std::size_t max_agent_frame_bytes = 2 * max_inline_bytes + 4096;

/// Returns length, kind and body.
DUNLIN_EXPORT bytes make_frame(std::uint8_t kind, bytes_view body);

template <class Message>
bytes to_frame(const Message& message) {
  return make_frame(Message::frame_kind, codec::to_wire(message));
}

/// One frame; `body` is valid as long as what it was read from.
struct agent_frame {
  std::uint8_t kind = 0;
  bytes_view body;

  /// Decodes the body. Errors: protocol_violation.
  template <class Message>
  result<Message> as() const {
    if (kind != Message::frame_kind) return fail(errc::protocol_violation, "frame of another kind");
    auto message = codec::from_wire<Message>(body);
    if (!message) return fail(errc::protocol_violation, message.error().context);
    return message;
  }
};

/// Reads what a `frame_cutter` cut. Errors: protocol_violation (empty).
DUNLIN_EXPORT result<agent_frame> to_agent_frame(bytes_view frame);

}  // namespace dunlin

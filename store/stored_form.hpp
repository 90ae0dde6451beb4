// SPDX-License-Identifier: Apache-2.0
// What a column holds: a message in its wire form, sealed. A message whose large part has a column of its own is
// written without it, and with the sum of it.
#pragma once

#include <tuple>
#include <utility>
#include <vector>

#include "coordination/codec/fields.hpp"
#include "store/seal.hpp"

namespace dunlin {

/// What a task depends on, as a message.
struct id_list {
  static constexpr const char* wire_name = "id_list";
  std::vector<task_id> ids;
  static auto fields(auto& m) { return std::tie(m.ids); }
};

/// What was accepted once must be readable for ever, also by versions that know more of a task: its sum is the check,
/// not what a stranger may send.
inline constexpr codec::read_limits stored_limits{1U << 24, 1U << 30, 1U << 30, 64, false, true};

/// Replaces `out` by the stored form of `message`.
template <class Message>
void store_in(bytes& out, const task_id& id, const Message& message) {
  out.clear();
  codec::writer to{out};
  codec::encode(to, message);
  seal(out, id);
}

/// As above, without `large`, a field of `message`: it is encoded as empty and only its sum is kept. The seal covers
/// `beside` too, a number in a column of its own.
template <class Message, class... Number>
void store_in(bytes& out, const task_id& id, const Message& message, const bytes& large, Number... beside) {
  out.clear();
  codec::writer to{out};
  std::apply(
      [&](const auto&... field) {
        to.put_array(sizeof...(field));
        ((static_cast<const void*>(&field) == &large ? to.put_binary({}) : codec::encode(to, field)), ...);
      },
      Message::fields(message));
  append_sum(out, sum_of(id, large));
  seal(out, id, beside...);
}

/// Reads a message whose seal was opened. Errors: corrupt.
template <class Message>
result<Message> read_message(bytes_view raw) {
  auto read = codec::from_wire<Message>(raw, stored_limits);
  if (!read) return fail(errc::corrupt, "a stored record does not decode: " + read.error().context);
  return read;
}

}  // namespace dunlin

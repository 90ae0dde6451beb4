// SPDX-License-Identifier: Apache-2.0
// The one place that spells CAF for our messages: every struct with a field list can be sent between actors. Structs
// without one (closures, answers that never leave the process) are allowed by name where they are defined.
#pragma once

#include <caf/all.hpp>
#include <tuple>

namespace dunlin {

/// CAF's view of a message: its fields, in order. Source: CAF 0.17 manual, "Type Inspection".
template <class Inspector, class Message>
requires requires(Message& message) { Message::fields(message); }
typename Inspector::result_type inspect(Inspector& visit, Message& message) {
  return std::apply([&visit](auto&... fields) { return visit(fields...); }, Message::fields(message));
}

}  // namespace dunlin

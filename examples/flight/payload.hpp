// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "coordination/codec/fields.hpp"

namespace dunlin::flight {

/// The most that a task's payload or result may hold inline.
inline constexpr std::size_t largest_payload_bytes = 192 * 1024;

/// Returns the wire form of `value` as a task's payload or result. Errors: too_large.
template <class T>
result<bytes> to_payload(const T& value) {
  bytes out = codec::to_wire(value);
  if (out.size() > largest_payload_bytes)
    return fail(errc::too_large, std::to_string(out.size()) + " bytes", "at most 196608; split the work");
  return out;
}

/// Reads what `to_payload` wrote. Arrays may be as long as a payload has bytes: a matrix is one array.
/// Errors: malformed, wrong_type, too_large; with the path `payload`.
template <class T>
result<T> from_payload(bytes_view raw) {
  auto value = codec::from_wire<T>(raw, codec::read_limits{.array_size = largest_payload_bytes});
  if (value) return value;
  auto why = std::move(value.error());
  why.hint = "msgpack: one array with the fields of the kind's job in order (examples/flight/README.md)";
  why.path = "payload";
  return fail(std::move(why));
}

}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "coordination/observe/result_metrics.hpp"
#include "coordination/tasks/task_spec.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/fields.hpp"
#include "net/json/writer.hpp"

namespace dunlin::json {

template <class T>
void encode(writer& out, const T& value);

/// Writes each member it is shown.
struct member_writer {
  writer& out;
  template <class T>
  void operator()(std::string_view name, const T& member) {
    out.key(name);
    encode(out, member);
  }
  void priority(std::string_view name, std::uint8_t number) { (*this)(name, number); }

  void ordered_pattern(std::string_view name, sharing_pattern pattern) {
    out.key(name);
    out.put(name_in_order(pattern));
  }

  /// What follows from the other members.
  template <class Make>
  void derived(std::string_view name, const Make& make) {
    (*this)(name, make());
  }

  /// A figure, or null.
  template <class Figure>
  void known(std::string_view name, const Figure& figure, bool is_known) {
    out.key(name);
    if (is_known)
      encode(out, figure);
    else
      out.put_null();
  }
};

inline void encode(writer& out, const task_id& id) { out.put(std::string_view{to_string(id)}); }
inline void encode(writer& out, const bytes& raw) { out.put(bytes_view{raw}); }

/// Sixteen hexadecimal digits: the number is random and too large for many readers of JSON.
void encode(writer& out, const incarnation& life);

/// The number, or `"n/a (why)"`.
inline void encode(writer& out, const result_metric& figure) {
  if (figure.value)
    out.put(*figure.value);
  else
    out.put(std::string_view{to_string(figure)});
}

/// `{"key": "value"}`
void encode(writer& out, const std::vector<label>& labels);

template <class T>
void encode(writer& out, const std::optional<T>& maybe) {
  if (maybe)
    encode(out, *maybe);
  else
    out.put_null();
}

template <class T>
void encode(writer& out, const std::vector<T>& values) {
  out.begin_array();
  for (const auto& each : values) encode(out, each);
  out.end_array();
}

template <class T>
void encode(writer& out, const T& value) {
  if constexpr (std::same_as<T, bool> || std::same_as<T, double>)
    out.put(value);
  else if constexpr (std::same_as<T, std::string>)
    out.put(std::string_view{value});
  else if constexpr (std::is_enum_v<T>)
    out.put(name_of(value));
  else if constexpr (std::signed_integral<T>)
    out.put(std::int64_t{value});
  else if constexpr (std::unsigned_integral<T>)
    out.put(std::uint64_t{value});
  else if constexpr (is_duration<T>)
    out.put(std::int64_t{value.count()});
  else if constexpr (is_strong_id<T>)
    out.put(value.value);
  else {
    out.begin_object();
    member_writer visit{out};
    describe(visit, value);
    out.end_object();
  }
}

/// Returns the compact JSON of `value`.
template <class T>
std::string encode_text(const T& value) {
  writer out;
  encode(out, value);
  return std::move(out).take();
}

}  // namespace dunlin::json

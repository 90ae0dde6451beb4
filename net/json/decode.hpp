// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <limits>
#include <optional>
#include <string>

#include "coordination/tasks/task_spec.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/fields.hpp"
#include "net/json/value.hpp"

namespace dunlin::json {

/// Where a value stands in its document; written out only when something is wrong there.
struct place {
  const place* parent = nullptr;
  std::string_view key;
  std::size_t index = 0;  ///< used when `key` is empty
};

/// Returns `tasks[3].resources.gpu_milli`.
std::string to_string(const place& where);

/// What every decoder shares: the first failure sticks, and later ones are dropped.
struct decoding {
  bool refuse_unknown = true;  ///< false: a reader of answers, which a newer server may extend
  error failure{errc::none};

  [[nodiscard]] bool ok() const noexcept { return failure.code == errc::none; }
  void refuse(const place& where, errc code, std::string context, std::string hint = {});
  void refuse_type(const place& where, const value& given, std::string_view wanted);
};

template <class T>
void decode(decoding& in, const place& where, const value& given, T& out);

/// Reads each member it is shown from one object, and knows afterwards which keys nobody asked for.
class member_reader {
 public:
  member_reader(decoding& in, const place& where, const object& from) : in_(in), where_(where), from_(from) {}

  template <class T>
  void operator()(std::string_view name, T& member) {
    names_.push_back(name);
    if (const auto* found = find(name); found != nullptr && in_.ok()) decode(in_, place{&where_, name}, *found, member);
  }

  /// 1 to 10, or the name of a class: LOW, MEDIUM or NORMAL, HIGH, CRITICAL, in any case.
  void priority(std::string_view name, std::uint8_t& number);

  /// A pattern, or `automatic`, which is any of them. It has to be named.
  void ordered_pattern(std::string_view name, sharing_pattern& pattern);

  /// What follows from the other members is not read.
  template <class Make>
  void derived(std::string_view name, const Make&) {
    names_.push_back(name);
  }

  /// A figure, or null, which leaves `figure` as it is.
  template <class Figure>
  void known(std::string_view name, Figure& figure, bool) {
    std::optional<Figure> read;
    (*this)(name, read);
    figure = read.value_or(figure);
  }

  [[nodiscard]] const value* find(std::string_view name) const;

  /// Refuses the first key that was not asked for, naming the nearest.
  void finish();

 private:
  decoding& in_;
  const place& where_;
  const object& from_;
  std::vector<std::string_view> names_;
};

void decode(decoding& in, const place& where, const value& given, bool& out);
void decode(decoding& in, const place& where, const value& given, double& out);
void decode(decoding& in, const place& where, const value& given, std::string& out);
void decode(decoding& in, const place& where, const value& given, bytes& out);
void decode(decoding& in, const place& where, const value& given, task_id& out);
void decode(decoding& in, const place& where, const value& given, incarnation& out);
void decode(decoding& in, const place& where, const value& given, std::vector<label>& out);

/// Reads a whole number from `lowest` to `highest`. Errors: wrong_type, invalid_argument (range).
std::int64_t decode_signed(decoding& in, const place& where, const value& given, std::int64_t lowest,
                           std::int64_t highest);
std::uint64_t decode_unsigned(decoding& in, const place& where, const value& given, std::uint64_t highest);

/// Refuses a name that is none of `allowed`.
void refuse_name(decoding& in, const place& where, std::string_view name, const std::vector<std::string_view>& allowed);

template <class T>
void decode(decoding& in, const place& where, const value& given, std::vector<T>& out) {
  const auto* list = std::get_if<array>(&given.data);
  if (list == nullptr) return in.refuse_type(where, given, "an array");
  out.clear();
  out.reserve(list->size());
  for (std::size_t i = 0; i < list->size() && in.ok(); ++i)
    decode(in, place{&where, {}, i}, (*list)[i], out.emplace_back());
}

template <class T>
void decode(decoding& in, const place& where, const value& given, std::optional<T>& out) {
  if (std::holds_alternative<std::monostate>(given.data))
    out.reset();
  else
    decode(in, where, given, out.emplace());
}

template <class Enum>
void decode_name(decoding& in, const place& where, const value& given, Enum& out) {
  const auto* name = std::get_if<std::string>(&given.data);
  if (name == nullptr) return in.refuse_type(where, given, "a string");
  if (const auto known = from_name<Enum>(*name)) {
    out = *known;
    return;
  }
  if constexpr (requires { enum_last(Enum{}); }) refuse_name(in, where, *name, all_names<Enum>());
}

template <class T>
void decode_members(decoding& in, const place& where, const value& given, T& out) {
  const auto* members = std::get_if<object>(&given.data);
  if (members == nullptr) return in.refuse_type(where, given, "an object");
  member_reader visit{in, where, *members};
  describe(visit, out);
  visit.finish();
}

template <class T>
void decode(decoding& in, const place& where, const value& given, T& out) {
  if constexpr (std::is_enum_v<T>)
    decode_name(in, where, given, out);
  else if constexpr (is_duration<T>)
    out = T{decode_signed(in, where, given, 0, std::numeric_limits<std::int64_t>::max())};
  else if constexpr (is_strong_id<T>)
    out.value = decode_unsigned(in, where, given, std::numeric_limits<std::uint64_t>::max());
  else if constexpr (std::signed_integral<T>)
    out = static_cast<T>(decode_signed(in, where, given, std::numeric_limits<T>::min(), std::numeric_limits<T>::max()));
  else if constexpr (std::unsigned_integral<T>)
    out = static_cast<T>(decode_unsigned(in, where, given, std::numeric_limits<T>::max()));
  else
    decode_members(in, where, given, out);
}

/// Parses `text` into a T. Errors: malformed, too_large, wrong_type, unknown_field, invalid_argument.
template <class T>
result<T> decode_text(std::string_view text, bool refuse_unknown) {
  const auto tree = parse(text);
  if (!tree) return fail(tree.error());
  decoding in{refuse_unknown, error{errc::none}};
  T out{};
  decode(in, place{}, *tree, out);
  if (!in.ok()) return fail(std::move(in.failure));
  return out;
}

}  // namespace dunlin::json

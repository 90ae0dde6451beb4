// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "coordination/errc.hpp"

namespace dunlin {

/// Why something was refused or failed: a stable code, the cause in words, and what would help.
struct error {
  errc code = errc::internal;
  std::string context;  ///< the cause, with names and figures
  std::string hint;     ///< what the reader can do about it; may be empty
  std::string path;     ///< field path of a bad input, such as `tasks[3].resources.gpu_milli`; may be empty

  error() = default;
  explicit error(errc code, std::string context = {}, std::string hint = {}, std::string path = {})
      : code(code), context(std::move(context)), hint(std::move(hint)), path(std::move(path)) {}

  static auto fields(auto& m) { return std::tie(m.code, m.context, m.hint, m.path); }
  friend bool operator==(const error&, const error&) = default;
};

/// A value or the reason why there is none.
template <class T>
using result = tl::expected<T, error>;

/// Returns a refusal that converts to any `result<T>`.
[[nodiscard]] inline tl::unexpected<error> fail(errc code, std::string context = {}, std::string hint = {},
                                                std::string path = {}) {
  return tl::unexpected<error>(error{code, std::move(context), std::move(hint), std::move(path)});
}

/// Passes an error on unchanged.
[[nodiscard]] inline tl::unexpected<error> fail(error why) { return tl::unexpected<error>(std::move(why)); }

/// Returns one line: `unknown_kind: no node knows 'trian' (hint: did you mean 'train'?)`.
DUNLIN_EXPORT std::string to_string(const error& why);

}  // namespace dunlin

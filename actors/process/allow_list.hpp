// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// What the operator lets tasks run: the executables of `[process].allow` and the environment variables of
/// `[process].environment`, both empty unless set.
class DUNLIN_EXPORT allow_list {
 public:
  /// Allows nothing.
  allow_list() = default;

  /// `executables` are absolute paths; links are followed once, here. A variable may not be one that a node sets
  /// itself. Errors: invalid_argument (not absolute; no name of a variable), not_found (no such executable), each with
  /// the position as path.
  static result<allow_list> make(const std::vector<std::string>& executables,
                                 const std::vector<std::string>& variables = {});

  /// Returns the real path to run for `command`, an absolute path or a name to look up in the fixed search path. Names
  /// are compared, not what they link to: one program may do other things under another name.
  /// Errors: not_found, not_allowed (with the key that would allow it), invalid_argument.
  [[nodiscard]] result<std::string> resolve(std::string_view command) const;

  /// A task may set variables only as listed: some of them make any program run other code.
  /// Errors: not_allowed (with the key that would allow it), invalid_argument (no text for a variable).
  [[nodiscard]] result<void> check_variable(const std::string& name, std::string_view value) const;

  [[nodiscard]] std::size_t size() const noexcept { return real_paths_.size(); }

 private:
  std::map<std::string, std::string> real_paths_;  // by name
  std::set<std::string> variables_;
};

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coordination/result.hpp"

namespace dunlin {

/// The executables that the operator lets tasks run: `[process].allow`, empty unless set.
class DUNLIN_EXPORT allow_list {
 public:
  /// Allows nothing.
  allow_list() = default;

  /// `executables` are absolute paths; links are followed once, here. Errors: invalid_argument (not absolute),
  /// not_found (no such executable), each with the position as path.
  static result<allow_list> make(const std::vector<std::string>& executables);

  /// Returns the real path to run for `command`, an absolute path or a name to look up in the fixed search path.
  /// Errors: not_found, not_allowed (with the key that would allow it), invalid_argument.
  [[nodiscard]] result<std::string> resolve(std::string_view command) const;

  [[nodiscard]] const std::vector<std::string>& executables() const noexcept { return real_paths_; }

 private:
  std::vector<std::string> real_paths_;  // sorted
};

}  // namespace dunlin

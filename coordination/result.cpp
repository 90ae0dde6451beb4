// SPDX-License-Identifier: Apache-2.0
#include "coordination/result.hpp"

namespace dunlin {

std::string to_string(const error& why) {
  std::string out{to_string(why.code)};
  if (!why.path.empty()) out += " at " + why.path;
  if (!why.context.empty()) out += ": " + why.context;
  if (!why.hint.empty()) out += " (hint: " + why.hint + ")";
  return out;
}

}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "coordination/codec/wire_text.hpp"
#include "coordination/result.hpp"

namespace dunlin {

/// Returns the cause and the hint of an error, for messages that carry its code beside it.
inline std::string in_words(const error& why) {
  return as_wire_text(why.hint.empty() ? why.context : why.context + " (hint: " + why.hint + ")");
}

}  // namespace dunlin

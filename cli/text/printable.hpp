// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dunlin::cli {

/// Returns `text` with `?` for each control character, so that what a task wrote cannot steer the terminal.
/// `lines` keeps line breaks and tabs.
[[nodiscard]] inline std::string printable(std::string text, bool lines = false) {
  for (char& c : text) {
    const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
    if (control && !(lines && (c == '\n' || c == '\t'))) c = '?';
  }
  return text;
}

}  // namespace dunlin::cli

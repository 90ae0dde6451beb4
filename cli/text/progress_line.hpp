// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "cli/console.hpp"

namespace dunlin::cli {

/// Returns `[#####.....]  50 %  label`; `share` is 0..1, `width` counts what stands between the brackets.
[[nodiscard]] std::string render_bar(double share, const std::string& label, std::size_t width = 24);

/// How far something is, on the error stream: one line that is redrawn on a terminal, else a new line whenever a tenth
/// more is done, so that a log stays short. Says nothing with the JSON format or on a quiet console.
class progress_line {
 public:
  explicit progress_line(const console& to) : to_(to) {}
  ~progress_line() { finish(); }
  progress_line(const progress_line&) = delete;
  progress_line& operator=(const progress_line&) = delete;

  /// `total` 0 = unknown.
  void show(std::uint64_t done, std::uint64_t total, const std::string& label);

  /// Takes the redrawn line away: what follows says how it ended.
  void finish();

 private:
  const console& to_;
  std::size_t drawn_ = 0;  // columns of the line that stands
  int last_tenth_ = -1;
};

}  // namespace dunlin::cli

// SPDX-License-Identifier: Apache-2.0
// Where a verb reads and writes, so that a test can stand in for the terminal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "coordination/result.hpp"

namespace dunlin::cli {

enum class output_format : std::uint8_t { table, json };

struct console {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  output_format format = output_format::table;
  bool live = false;        ///< `err` is a terminal: progress may redraw its line
  bool quiet = false;       ///< progress is not shown
  std::size_t columns = 0;  ///< of the terminal; 0 = not known

  [[nodiscard]] bool json() const noexcept { return format == output_format::json; }

  /// Writes one line to `out` and flushes it.
  void line(std::string_view text) const;

  /// Writes one line to `err` and flushes it.
  void note(std::string_view text) const;

  /// Writes `error[code]: cause`, the field and `hint: …` to `err`; one JSON object instead with the JSON format.
  void refuse(const error& why) const;
};

/// Returns the console of this process: its own streams, and its terminal if it has one.
[[nodiscard]] console standard_console();

/// What the program returns. Stable: scripts rely on it.
namespace exit_code {
inline constexpr int ok = 0;
inline constexpr int failed = 1;
inline constexpr int usage = 2;
inline constexpr int unreachable = 3;
inline constexpr int timeout = 4;
}  // namespace exit_code

/// Returns the exit code of a verb that ended with `code`: input errors, an unknown kind and an infeasible wish are
/// `usage`; no connection is `unreachable`.
[[nodiscard]] int exit_code_of(errc code) noexcept;

}  // namespace dunlin::cli

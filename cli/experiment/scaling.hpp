// SPDX-License-Identifier: Apache-2.0
// How the time for the same tasks falls as workers are added. Arithmetic and words; nothing runs here.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dunlin::cli {

/// The same tasks with a number of workers.
struct scaling_run {
  std::uint32_t workers = 1;
  double seconds = 0;
};

struct scaling_point {
  std::uint32_t workers = 1;
  double seconds = 0;
  double speed_up = 0;    ///< against one worker
  double ideal = 0;       ///< the best possible speed-up
  double efficiency = 0;  ///< speed-up ÷ ideal
};

/// A kind's curve.
struct scaling_series {
  std::string kind;
  bool waits = false;  ///< its tasks need no core while they run: the ideal is the number of workers, not of cores
  std::vector<scaling_point> points;
};

/// Derives speed-up and efficiency. Without a run with one worker, the first one counts as perfect.
/// The ideal is min(workers, cores), or workers for tasks that only wait.
[[nodiscard]] scaling_series make_series(std::string kind, bool waits, std::uint32_t cores,
                                         const std::vector<scaling_run>& runs);

/// Returns the middle of several measurements of the same, of an even number the lower one; 0 of none.
[[nodiscard]] double median_of(std::vector<double> seconds);

/// Returns the curves as columns of text.
[[nodiscard]] std::string to_table(const std::vector<scaling_series>& all, std::uint32_t cores);

/// Returns the curves as one JSON object.
[[nodiscard]] std::string to_json(const std::vector<scaling_series>& all, std::uint32_t cores);

/// Returns a picture: duration, speed-up with the ideal, efficiency, each over the workers.
[[nodiscard]] std::string to_svg(const std::vector<scaling_series>& all, const std::string& title);

}  // namespace dunlin::cli

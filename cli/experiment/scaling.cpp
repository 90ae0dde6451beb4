// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/scaling.hpp"

#include <algorithm>

namespace dunlin::cli {

scaling_series make_series(std::string kind, bool waits, std::uint32_t cores, const std::vector<scaling_run>& runs) {
  scaling_series out{std::move(kind), waits, {}};
  if (runs.empty()) return out;
  const auto ideal = [&](std::uint32_t workers) {
    return static_cast<double>(waits ? workers : std::min(workers, std::max(1U, cores)));
  };
  const auto one = std::ranges::find(runs, 1U, &scaling_run::workers);
  const double alone = one != runs.end() ? one->seconds : runs.front().seconds * ideal(runs.front().workers);
  for (const auto& run : runs) {
    scaling_point point{run.workers, run.seconds, 0, ideal(run.workers), 0};
    point.speed_up = run.seconds > 0 ? alone / run.seconds : 0;
    point.efficiency = point.speed_up / point.ideal;
    out.points.push_back(point);
  }
  return out;
}

}  // namespace dunlin::cli

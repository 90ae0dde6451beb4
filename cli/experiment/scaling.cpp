// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/scaling.hpp"

#include <algorithm>

#include "cli/text/in_words.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/table.hpp"

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

double median_of(std::vector<double> seconds) {
  if (seconds.empty()) return 0;
  std::ranges::sort(seconds);
  return seconds[(seconds.size() - 1) / 2];
}

std::string to_table(const std::vector<scaling_series>& all, std::uint32_t cores) {
  table rows{{"KIND", "WORKERS>", "SECONDS>", "SPEED-UP>", "IDEAL>", "EFFICIENCY>"}};
  bool computes = false, waits = false;
  for (const auto& series : all) {
    (series.waits ? waits : computes) = true;
    for (const auto& point : series.points)
      rows.add({series.kind, std::to_string(point.workers), fixed(point.seconds, 3), fixed(point.speed_up, 2),
                fixed(point.ideal, 0), fixed(100 * point.efficiency, 0) + " %"});
  }
  auto out = rows.render();
  if (computes) out += "ideal of what computes: min(workers, " + std::to_string(cores) + " cores)\n";
  if (waits) out += "ideal of what waits: workers, it needs no core\n";
  return out;
}

std::string to_json(const std::vector<scaling_series>& all, std::uint32_t cores) {
  std::vector<std::string> points;
  for (const auto& series : all)
    for (const auto& point : series.points) {
      json_text one;
      one.put("kind", series.kind);
      one.put("waits", series.waits);
      one.put("workers", std::uint64_t{point.workers});
      one.put("seconds", point.seconds);
      one.put("speed_up", point.speed_up);
      one.put("ideal", point.ideal);
      one.put("efficiency", point.efficiency);
      points.push_back(std::move(one).take());
    }
  json_text out;
  out.put("experiment", "scaling");
  out.put("cores", std::uint64_t{cores});
  out.put_raw("points", json_array(points));
  return std::move(out).take();
}

}  // namespace dunlin::cli

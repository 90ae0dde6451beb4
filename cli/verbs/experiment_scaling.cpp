// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <ostream>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/swarm/host_facts.hpp"
#include "cli/experiment/measure.hpp"
#include "cli/experiment/scaling.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

constexpr std::uint32_t most_workers = 256;
constexpr std::uint32_t most_tasks = 1'024;

result<std::vector<std::uint32_t>> parse_workers(const std::string& text) {
  std::vector<std::uint32_t> out;
  const auto* at = text.data();
  const auto* end = at + text.size();
  while (true) {
    std::uint32_t workers = 0;
    const auto [next, failed] = std::from_chars(at, end, workers);
    if (failed != std::errc{} || workers == 0 || workers > most_workers || (next != end && *next != ','))
      return fail(errc::invalid_argument, "'" + text + "' is no list of workers",
                  "numbers from 1 to " + std::to_string(most_workers) + ", such as 1,2,4,8", "--workers");
    out.push_back(workers);
    if (next == end) return out;
    at = next + 1;
  }
}

/// What the kinds of this program are given when nobody says otherwise: about 50 ms of work.
std::string usual_payload(std::string_view kind) {
  if (kind == primes_kind_name) return "10000000";
  if (kind == wait_kind_name) return "50";
  return {};
}

class experiment_scaling final : public verb {
 public:
  experiment_scaling() : verb("experiment scaling", "measure how the same tasks get faster with more workers") {}

  void declare(option_list& options) override {
    options.option("--workers", &workers_, "how many, in turn: 1,2,4,8,16");
    options.option("--kind", &kind_, "that computes");
    options.option("--payload", &payload_, "of its tasks; @FILE takes it from a file");
    options.option("--waiting-kind", &waiting_kind_, "that only waits; `none` measures the first one alone");
    options.option("--waiting-payload", &waiting_payload_, "of its tasks");
    options.option("--count", &count_, "tasks of each kind");
    options.option("--isolation", &isolation_, "auto, thread, process or async");
    options.option("--svg", &svg_, "file for the picture");
  }

  result<int> run(verb_context& with) override {
    const auto workers = parse_workers(workers_);
    if (!workers) return fail(workers.error());
    if (count_ == 0 || count_ > most_tasks)
      return fail(errc::invalid_argument, std::to_string(count_) + " tasks were asked for",
                  "use 1 to " + std::to_string(most_tasks), "--count");
    const auto host = read_host_facts();
    if (!host) return fail(host.error());
    std::vector<scaling_series> all;
    for (const bool waits : {false, true}) {
      if (waits && waiting_kind_ == "none") continue;
      auto task = task_of(with.kinds, waits);
      if (!task) return fail(task.error());
      auto runs = measure(with, *workers, *task);
      if (!runs) return fail(runs.error());
      all.push_back(make_series(task->shape.kind, waits, host->cores, *runs));
    }
    if (auto drawn = draw(all, host->cores); !drawn) return fail(drawn.error());
    with.out.out << (with.out.json() ? as_json(all, host->cores) : as_table(all, host->cores)) << std::flush;
    return exit_code::ok;
  }

 private:
  result<task_spec> task_of(const std::vector<agent_kind>& kinds, bool waits) const {
    task_spec out;
    out.shape.kind = waits ? waiting_kind_ : kind_;
    if (auto known = check_kind(kinds, out.shape.kind); !known) return fail(known.error());
    const auto isolation = json::from_name<isolation_mode>(isolation_);
    if (!isolation)
      return fail(errc::invalid_argument, "'" + isolation_ + "' is no isolation",
                  json::suggestion(isolation_, json::all_names<isolation_mode>()), "--isolation");
    // What only waits shows the scheduler; in processes it would show their start as well.
    if (!waits) out.shape.isolation = *isolation;
    out.shape.retry.max_retries = 0;
    auto payload = waits ? waiting_payload_ : payload_;
    if (payload.empty()) payload = usual_payload(out.shape.kind);
    if (payload.starts_with('@')) {
      std::ifstream file{payload.substr(1), std::ios::binary};
      if (!file) return fail(errc::not_found, "there is no file '" + payload.substr(1) + "' that can be read");
      payload.assign(std::istreambuf_iterator<char>{file}, {});
    }
    out.payload = to_bytes(payload);
    return out;
  }

  static result<void> check_kind(const std::vector<agent_kind>& kinds, const std::string& wanted) {
    std::vector<std::string> names;
    for (const auto& kind : kinds) names.push_back(kind.name);
    for (const auto& kind : builtin_kinds()) names.push_back(kind.name);
    if (std::ranges::find(names, wanted) != names.end()) return {};
    std::string known;
    for (const auto& name : names) (known += known.empty() ? "" : ", ") += name;
    return fail(errc::unknown_kind, "this program has no kind '" + wanted + "'", "it has: " + known, "--kind");
  }

  result<std::vector<scaling_run>> measure(verb_context& with, const std::vector<std::uint32_t>& workers,
                                           const task_spec& task) const {
    std::vector<scaling_run> out;
    progress_line line{with.out};
    for (const auto count : workers) {
      line.show(out.size(), workers.size(), task.shape.kind + " with " + std::to_string(count) + " workers");
      const auto seconds = measure_swarm(count, count_, task, with.kinds);
      if (!seconds) return fail(seconds.error());
      out.push_back({count, *seconds});
    }
    line.show(1, 1, task.shape.kind + " is measured");
    return out;
  }

  result<void> draw(const std::vector<scaling_series>& all, std::uint32_t cores) const {
    if (svg_.empty()) return {};
    std::ofstream out{svg_};
    out << to_svg(all, std::to_string(count_) + " tasks of each kind on " + std::to_string(cores) + " cores");
    out.close();
    if (!out) return fail(errc::io_failed, "cannot write '" + svg_ + "'", {}, "--svg");
    return {};
  }

  static std::string as_table(const std::vector<scaling_series>& all, std::uint32_t cores) {
    table rows{{"KIND", "WORKERS>", "SECONDS>", "SPEED-UP>", "IDEAL>", "EFFICIENCY>"}};
    for (const auto& series : all)
      for (const auto& point : series.points)
        rows.add({series.kind, std::to_string(point.workers), fixed(point.seconds, 3), fixed(point.speed_up, 2),
                  fixed(point.ideal, 0), fixed(100 * point.efficiency, 0) + " %"});
    return rows.render() + "ideal: min(workers, " + std::to_string(cores) +
           " cores) for what computes, workers for what waits\n";
  }

  static std::string as_json(const std::vector<scaling_series>& all, std::uint32_t cores) {
    std::vector<std::string> points;
    for (const auto& series : all)
      for (const auto& point : series.points) {
        json_text one;
        one.put("kind", series.kind);
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
    return std::move(out).take() + "\n";
  }

  std::string workers_ = "1,2,4,8,16";
  std::string kind_ = std::string{primes_kind_name};
  std::string waiting_kind_ = std::string{wait_kind_name};
  std::string payload_, waiting_payload_, svg_;
  std::string isolation_ = "auto";
  std::uint32_t count_ = 64;
};

}  // namespace

std::unique_ptr<verb> make_experiment_scaling() { return std::make_unique<experiment_scaling>(); }

}  // namespace dunlin::cli

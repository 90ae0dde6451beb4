// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <fstream>
#include <ostream>

#include "actors/kinds/builtin_kinds.hpp"
#include "actors/swarm/host_facts.hpp"
#include "cli/experiment/measure.hpp"
#include "cli/experiment/other_programs.hpp"
#include "cli/experiment/scaling.hpp"
#include "cli/text/progress_line.hpp"
#include "cli/text/read_file.hpp"
#include "cli/verbs/all_verbs.hpp"
#include "net/json/enum_names.hpp"
#include "net/json/nearest.hpp"

namespace dunlin::cli {

namespace {

constexpr std::uint32_t most_workers = 256;
constexpr std::uint32_t most_tasks = 1'024;
constexpr std::uint32_t most_rounds = 100;

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

std::string known_kinds(const std::vector<agent_kind>& kinds) {
  std::string out;
  for (const auto& kind : kinds) (out += out.empty() ? "" : ", ") += kind.name;
  return out;
}

class experiment_scaling final : public verb {
 public:
  experiment_scaling() : verb("experiment scaling", "measure how the same tasks get faster with more workers") {}

  void declare(option_list& options) override {
    options.option("--workers", &workers_, "how many, in turn");
    options.option("--kind", &kind_, "that computes; of this program, or of a program dunlin-NAME beside it");
    options.option("--payload", &payload_, "of its tasks; @FILE takes it from a file");
    options.option("--waiting-kind", &waiting_kind_,
                   "that only waits, measured too; none = only the one that computes");
    options.option("--waiting-payload", &waiting_payload_, "of its tasks");
    options.option("--count", &count_, "tasks of each kind");
    options.option("--rounds", &rounds_, "how often each is measured; the median counts");
    options.option("--isolation", &isolation_, "of the one that computes: auto, thread, process or async");
    options.option("--svg", &svg_, "file for the picture; none = no picture");
  }

  result<int> run(verb_context& with) override {
    const auto workers = parse_workers(workers_);
    if (!workers) return fail(workers.error());
    if (auto checked = check_counts(); !checked) return fail(checked.error());
    const auto host = read_host_facts();
    if (!host) return fail(host.error());
    auto tasks = wanted_tasks(with);
    if (!tasks) return fail(tasks.error());
    std::vector<scaling_series> all;
    for (const auto& task : *tasks) {
      auto runs = measure(with, *workers, task);
      if (!runs) return fail(runs.error());
      all.push_back(make_series(task.shape.kind, task.shape.kind == waiting_kind_, host->cores, *runs));
    }
    if (auto drawn = draw(all, host->cores); !drawn) return fail(drawn.error());
    if (with.out.json()) {
      with.out.line(to_json(all, host->cores));
    } else {
      with.out.out << to_table(all, host->cores);
      if (svg_ != none) with.out.line("picture: " + svg_);
    }
    return exit_code::ok;
  }

 private:
  static constexpr std::string_view none = "none";

  result<void> check_counts() const {
    if (count_ == 0 || count_ > most_tasks)
      return fail(errc::invalid_argument, std::to_string(count_) + " tasks were asked for",
                  "use 1 to " + std::to_string(most_tasks), "--count");
    if (rounds_ == 0 || rounds_ > most_rounds)
      return fail(errc::invalid_argument, std::to_string(rounds_) + " rounds were asked for",
                  "use 1 to " + std::to_string(most_rounds), "--rounds");
    return {};
  }

  /// The task of each kind: first the one that computes, then the one that waits.
  result<std::vector<task_spec>> wanted_tasks(verb_context& with) const {
    std::vector<task_spec> out;
    for (const bool waits : {false, true}) {
      const auto& kind = waits ? waiting_kind_ : kind_;
      if (kind == none || (!waits && kind == waiting_kind_)) continue;
      if (auto known = check_kind(with, kind, waits ? "--waiting-kind" : "--kind"); !known) return fail(known.error());
      auto task = task_of(kind, waits);
      if (!task) return fail(task.error());
      out.push_back(std::move(*task));
    }
    if (out.empty()) return fail(errc::invalid_argument, "there is no kind to measure", {}, "--kind");
    return out;
  }

  result<task_spec> task_of(const std::string& kind, bool waits) const {
    task_spec out;
    out.shape.kind = kind;
    const auto isolation = json::from_name<isolation_mode>(isolation_);
    if (!isolation)
      return fail(errc::invalid_argument, "'" + isolation_ + "' is no isolation",
                  json::suggestion(isolation_, json::all_names<isolation_mode>()), "--isolation");
    // What only waits shows the scheduler; in processes it would show their start as well.
    if (!waits) out.shape.isolation = *isolation;
    out.shape.retry.max_retries = 0;
    auto payload = waits && kind_ != waiting_kind_ ? waiting_payload_ : payload_;
    if (payload.empty()) payload = usual_payload(kind);
    if (payload.starts_with('@')) {
      auto text = read_file(payload.substr(1));
      if (!text) return fail(text.error());
      payload = *std::move(text);
    }
    out.payload = to_bytes(payload);
    return out;
  }

  /// A kind of another program beside this one is measured by that program: then this does not return.
  static result<void> check_kind(verb_context& with, const std::string& wanted, const char* option) {
    auto kinds = with.kinds;
    for (auto& kind : builtin_kinds()) kinds.push_back(std::move(kind));
    if (std::ranges::find(kinds, wanted, &agent_kind::name) != kinds.end()) return {};
    const auto directory = own_directory();
    const auto other = program_with(programs_in(directory), wanted);
    if (other.empty())
      return fail(
          errc::unknown_kind, "this program has no kind '" + wanted + "', nor has a program dunlin-NAME beside it",
          "it has: " + known_kinds(kinds) + "; a program with more kinds is looked for in " + directory, option);
    with.out.note("dunlin: '" + wanted + "' is a kind of " + other + ", which measures it");
    return fail(hand_over_to(other));
  }

  result<std::vector<scaling_run>> measure(verb_context& with, const std::vector<std::uint32_t>& workers,
                                           const task_spec& task) const {
    std::vector<scaling_run> out;
    progress_line line{with.out};
    for (const auto count : workers) {
      std::vector<double> seconds;
      for (std::uint32_t round = 0; round < rounds_; ++round) {
        line.show(out.size() * rounds_ + round, workers.size() * rounds_,
                  task.shape.kind + " with " + std::to_string(count) + (count == 1 ? " worker" : " workers"));
        const auto measured = measure_swarm(count, count_, task, with.kinds);
        if (!measured) return fail(measured.error());
        seconds.push_back(*measured);
      }
      out.push_back({count, median_of(std::move(seconds))});
    }
    return out;
  }

  result<void> draw(const std::vector<scaling_series>& all, std::uint32_t cores) const {
    if (svg_ == none) return {};
    std::ofstream out{svg_};
    out << to_svg(all, std::to_string(count_) + " tasks of each kind on " + std::to_string(cores) + " cores");
    out.close();
    if (!out) return fail(errc::io_failed, "cannot write '" + svg_ + "'", {}, "--svg");
    return {};
  }

  std::string workers_ = "1,2,4,8,16";
  std::string kind_ = std::string{primes_kind_name};
  std::string waiting_kind_ = std::string{wait_kind_name};
  std::string payload_, waiting_payload_;
  std::string svg_ = "scaling.svg";
  std::string isolation_ = "auto";
  std::uint32_t count_ = 64;
  std::uint32_t rounds_ = 3;
};

}  // namespace

std::unique_ptr<verb> make_experiment_scaling() { return std::make_unique<experiment_scaling>(); }

}  // namespace dunlin::cli

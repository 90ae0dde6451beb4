// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <ostream>

#include "cli/bench/coordination/mixed_load.hpp"
#include "cli/bench/registry.hpp"
#include "cli/picture/bars.hpp"
#include "cli/text/in_words.hpp"
#include "cli/text/json_text.hpp"
#include "cli/text/table.hpp"
#include "cli/verbs/all_verbs.hpp"

namespace dunlin::cli {

namespace {

std::string number_in_words(double value) { return fixed(value, value >= 1'000 ? 0 : 3); }

std::string optional_in_words(const std::optional<double>& value) { return value ? number_in_words(*value) : ""; }

void print(const console& out, const bench::bench_report& report) {
  table rows{{"FIGURE", "VALUE>", "UNIT", "RATIO>", "BASELINE", "MIN>", "MAX>", "UPPER95>", "NOTE"}};
  for (const auto& one : report.figures)
    rows.add({one.name, number_in_words(one.value), one.unit, optional_in_words(one.ratio), one.baseline,
              optional_in_words(one.min), optional_in_words(one.max), optional_in_words(one.upper95), one.note});
  for (const auto& one : report.missing) rows.add({one.name, "n/a", "", "", "", "", "", "", one.why});
  out.line(report.bench + " on " + report.machine.cpu + ", " + std::to_string(report.machine.cores) + " cores");
  out.out << rows.render() << std::flush;
  for (const auto& note : report.notes) out.line(note);
}

class bench_verb final : public verb {
 public:
  bench_verb() : verb("bench", "measure this build; `bench list` names what can be measured") {}

  void declare(option_list& options) override {
    options.positional("names", &names_, "of the benches, or `list`");
    options.option("--quick", &options_.quick, "fewer repetitions");
    options.option("--svg", &svg_, "file for a picture of the mixed load, of `coordination`; none = no picture");
    options.option("--trace", &options_.traces, "file of allocations to replay, of `pool`; may be given again");
    options.option("--directory", &options_.directory, "for data on disk; not on tmpfs");
  }

  result<int> run(verb_context& with) override {
    if (names_ == std::vector<std::string>{"list"}) return list(with.out);
    options_.program = {"/proc/self/exe"};
    std::vector<bench::bench_entry> chosen;  // all names are checked before the first one runs
    for (const auto& name : names_) {
      const auto found = bench::find_bench(name);
      if (!found) return fail(found.error());
      chosen.push_back(*found);
    }
    for (const auto& one : chosen) {
      const auto report = one.run(options_);
      if (!report) return fail(report.error());
      if (auto drawn = draw(*report); !drawn) return fail(drawn.error());
      if (with.out.json())
        with.out.line(bench::to_json(*report));
      else
        print(with.out, *report);
    }
    return exit_code::ok;
  }

 private:
  static result<int> list(const console& out) {
    table rows{{"BENCH", "MEASURES"}};
    std::vector<std::string> objects;
    for (const auto& one : bench::all_benches()) {
      rows.add({std::string{one.name}, std::string{one.summary}});
      json_text text;
      text.put("name", one.name);
      text.put("summary", one.summary);
      objects.push_back(std::move(text).take());
    }
    if (out.json())
      out.line("{\"benches\":" + json_array(objects) + "}");
    else
      out.out << rows.render() << std::flush;
    return exit_code::ok;
  }

  static constexpr std::string_view none = "none";

  /// Draws the figures of a mixed load, if there are any.
  [[nodiscard]] result<void> draw(const bench::bench_report& report) const {
    const std::string prefix{bench::mixed_prefix};
    std::vector<picture::bar> bars;
    for (const auto& one : report.figures) {
      if (!one.name.starts_with(prefix)) continue;
      auto name = one.name.substr(prefix.size());
      const bool chosen = name == "automatic";
      bars.push_back({std::move(name), one.value, one.min.value_or(one.value), one.max.value_or(one.value), chosen});
    }
    if (svg_ == none || bars.empty()) return {};
    std::ofstream out{svg_};
    out << picture::bars_svg(bars, "A mixed load under each pattern", "mean slowdown; lower is better");
    out.flush();
    if (!out) return fail(errc::io_failed, "cannot write " + svg_, {}, "--svg");
    return {};
  }

  std::vector<std::string> names_;
  std::string svg_{none};
  bench::bench_options options_;
};

}  // namespace

std::unique_ptr<verb> make_bench() { return std::make_unique<bench_verb>(); }

}  // namespace dunlin::cli

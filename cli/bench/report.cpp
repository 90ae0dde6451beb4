// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/report.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

namespace dunlin::bench {

namespace {

using json = nlohmann::ordered_json;

json json_of(const machine_facts& machine) {
  return json{{"cpu", machine.cpu},
              {"cores", machine.cores},
              {"memory_bytes", machine.memory_bytes},
              {"kernel", machine.kernel},
              {"load", machine.load},
              {"compiler", machine.compiler},
              {"optimised", machine.optimised},
              {"version", machine.version}};
}

void put(json& out, const char* key, const std::optional<double>& value) {
  if (value) out[key] = *value;
}

void put(json& out, const char* key, const std::string& text) {
  if (!text.empty()) out[key] = text;
}

json json_of(const figure& each) {
  json out{{"name", each.name}, {"value", each.value}, {"unit", each.unit}};
  put(out, "baseline", each.baseline);
  put(out, "ratio", each.ratio);
  put(out, "min", each.min);
  put(out, "max", each.max);
  put(out, "upper95", each.upper95);
  put(out, "noise", each.noise);
  put(out, "note", each.note);
  return out;
}

}  // namespace

bench_report begin_report(std::string bench) {
  bench_report out;
  out.bench = std::move(bench);
  out.machine = read_machine();
  if (!out.machine.optimised) out.notes.emplace_back("built without optimisation: the figures say nothing about speed");
  return out;
}

figure make_figure(std::string name, std::string unit, const std::vector<double>& samples) {
  const auto middle = spread_of(samples);
  figure out;
  out.name = std::move(name);
  out.value = middle.median;
  out.unit = std::move(unit);
  out.min = middle.min;
  out.max = middle.max;
  return out;
}

void add_comparison(bench_report& out, const std::string& name, const std::string& baseline, const std::string& unit,
                    const comparison& sides) {
  auto ours = make_figure(name, unit, sides.ours);
  auto theirs = make_figure(baseline, unit, sides.baseline);
  ours.baseline = baseline;
  if (theirs.value != 0) ours.ratio = ours.value / theirs.value;
  ours.noise = sides.noise();
  if (std::abs(*ours.noise - 1) > noise_limit)
    out.notes.push_back(name + ": the same code measured twice differed by more than 10 %, do not compare this run");
  out.figures.push_back(std::move(ours));
  out.figures.push_back(std::move(theirs));
}

std::string to_json(const bench_report& report) {
  json out{{"schema", 1}, {"bench", report.bench}, {"machine", json_of(report.machine)}};
  out["figures"] = json::array();
  for (const auto& each : report.figures) out["figures"].push_back(json_of(each));
  if (!report.missing.empty()) out["missing"] = json::array();
  for (const auto& each : report.missing) out["missing"].push_back(json{{"name", each.name}, {"why", each.why}});
  if (!report.notes.empty()) out["notes"] = report.notes;
  return out.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace dunlin::bench

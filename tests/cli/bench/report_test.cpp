// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/report.hpp"

#include <gmock/gmock.h>
#include <limits>
#include <nlohmann/json.hpp>

using namespace dunlin::bench;
using nlohmann::json;

namespace {

bench_report empty_report() {
  bench_report out;
  out.bench = "store";
  return out;
}

}  // namespace

TEST(BenchReport, JsonHasTheDocumentedShape) {
  auto report = empty_report();
  add_comparison(report, "ours_per_s", "bare_per_s", "1/s", {{50, 52, 48, 50}, {100, 100, 100, 100}});

  const auto out = json::parse(to_json(report));

  EXPECT_EQ(out["schema"], 1);
  EXPECT_EQ(out["bench"], "store");
  EXPECT_TRUE(out["machine"].contains("cores"));
  ASSERT_EQ(out["figures"].size(), 2U);
  EXPECT_EQ(out["figures"][0],
            json::parse(R"({"name":"ours_per_s","value":50,"unit":"1/s","baseline":"bare_per_s","ratio":0.5,)"
                        R"("min":48,"max":52,"noise":0.9607843137254902})"));
  EXPECT_EQ(out["figures"][1]["name"], "bare_per_s");
  EXPECT_FALSE(out["figures"][1].contains("baseline"));
}

TEST(BenchReport, NoisyRunSaysSo) {
  auto report = empty_report();
  add_comparison(report, "quiet", "b", "1/s", {{100, 105}, {1, 1}});
  EXPECT_THAT(report.notes, testing::IsEmpty());

  add_comparison(report, "noisy", "b", "1/s", {{100, 120}, {1, 1}});

  EXPECT_THAT(report.notes, testing::ElementsAre(testing::StartsWith("noisy: ")));
}

TEST(BenchReport, WhatWasNotMeasuredIsNamedAndHasNoNumber) {
  auto report = empty_report();
  report.missing.push_back({"starpu_tasks_per_s", "StarPU is not installed"});

  const auto out = json::parse(to_json(report));

  EXPECT_EQ(out["missing"][0]["why"], "StarPU is not installed");
  EXPECT_THAT(out["figures"], testing::IsEmpty());
}

TEST(BenchReport, ValueThatIsNotFiniteBecomesNull) {
  auto report = empty_report();
  report.figures.push_back(make_figure("x", "s", {std::numeric_limits<double>::quiet_NaN()}));

  EXPECT_TRUE(json::parse(to_json(report))["figures"][0]["value"].is_null());
}

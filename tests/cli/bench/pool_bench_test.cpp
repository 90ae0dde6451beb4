// SPDX-License-Identifier: Apache-2.0
#include "cli/bench/pool/pool_bench.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>

#include "cli/bench/pool/trace_recipes.hpp"
#include "cli/bench/pool/trace_replay.hpp"

namespace dunlin::bench {
namespace {

using ::testing::HasSubstr;

std::string csv_of(const std::vector<allocation_event>& trace) {
  std::string out{allocation_trace_header};
  for (const auto& event : trace) {
    out += '\n';
    out += to_csv_line(event);
  }
  return out;
}

/// A file that is gone with it.
struct trace_file {
  explicit trace_file(const std::string& text) { std::ofstream{path} << text; }
  ~trace_file() { std::remove(path.c_str()); }
  std::string path = ::testing::TempDir() + "two_blocks.csv";
};

TEST(TraceRecipes, AreTheSameForOneSeed) {
  for (const auto& recipe : all_trace_recipes()) {
    const auto trace = recipe.make(recipe.seed);
    EXPECT_EQ(trace, recipe.make(recipe.seed)) << recipe.name;
    EXPECT_NE(trace, recipe.make(recipe.seed + 1)) << recipe.name;
    EXPECT_GT(trace.size(), 10'000U) << recipe.name;
  }
}

TEST(TraceRecipes, AreTracesThatReadBack) {
  for (const auto& recipe : all_trace_recipes()) {
    const auto trace = recipe.make(recipe.seed);
    EXPECT_EQ(parse_allocation_trace(csv_of(trace)).value(), trace) << recipe.name;
  }
}

/// Deterministic: the same on every machine.
TEST(MemoryPoolWaste, IsNoMoreThanThatOfBestFitOnAnyTraceAndSeed) {
  for (const auto& recipe : all_trace_recipes()) {
    for (std::uint64_t seed = recipe.seed; seed < recipe.seed + 3; ++seed) {
      const auto trace = recipe.make(seed);
      const auto live = peak_live_bytes(trace);

      const auto ours = replay_on_pool(trace).value();

      EXPECT_LE(ours.reserved, replay_on_best_fit(trace).reserved) << recipe.name << " " << seed;
      EXPECT_LT(ours.reserved, replay_on_powers_of_two(trace).reserved) << recipe.name << " " << seed;
      EXPECT_LT(ours.reserved, replay_on_fixed_slots(trace).reserved) << recipe.name << " " << seed;
      EXPECT_GE(ours.reserved, live) << recipe.name << " " << seed;
    }
  }
}

TEST(MemoryPoolWaste, RefusesNothingAtATenthMoreThanIsLive) {
  for (const auto& recipe : all_trace_recipes()) {
    const auto trace = recipe.make(recipe.seed);
    const auto live = peak_live_bytes(trace);

    const auto capped = replay_on_pool(trace, live + live / 10).value();

    EXPECT_EQ(capped.refused, 0U) << recipe.name;
    EXPECT_LE(capped.reserved, live + live / 10) << recipe.name;
  }
}

TEST(TraceReplay, KnowsWhatTheOthersReserve) {
  const std::vector<allocation_event> trace{
      {0, 0, false, 1, 5'000, 16}, {1, 0, true, 1, 5'000, 16}, {2, 0, false, 2, 9'000, 16}};

  EXPECT_EQ(replay_on_best_fit(trace).reserved, 12'288U);
  EXPECT_EQ(replay_on_powers_of_two(trace).reserved, 8'192U + 16'384U);
  EXPECT_EQ(replay_on_fixed_slots(trace).reserved, 65'536U);
  EXPECT_EQ(replay_on_pool(trace).value().reserved, 12'288U);
  EXPECT_DOUBLE_EQ(waste_percent(200, 150), 25);
  EXPECT_DOUBLE_EQ(waste_percent(0, 0), 0);
}

pool_bench_options quick() {
  pool_bench_options out;
  out.rounds = 1;
  out.pairs = 1'000;
  out.mapped = 10;
  return out;
}

TEST(PoolBench, ReportsEveryFigureThatItPromises) {
  const trace_file file{csv_of({{0, 0, false, 1, 5'000, 16}})};
  auto options = quick();
  options.trace_files = {file.path};

  const auto report = run_pool_bench(options).value();

  std::map<std::string, figure> by_name;
  for (const auto& one : report.figures) by_name[one.name] = one;
  EXPECT_EQ(by_name["alloc_free_ns"].baseline, "map_touch_unmap_ns");
  EXPECT_GT(by_name["malloc_free_ns"].value, 0);
  for (const std::string trace : {"training_loop", "inference_mix", "ragged_agents", "log_uniform", "two_blocks"}) {
    EXPECT_EQ(by_name["waste_percent_" + trace].baseline, "waste_percent_" + trace + "_bestfit");
    EXPECT_TRUE(by_name.contains("waste_percent_" + trace + "_pow2"));
    EXPECT_TRUE(by_name.contains("waste_percent_" + trace + "_fixed"));
  }
}

TEST(PoolBench, SaysWhichTraceFileItCannotUse) {
  auto options = quick();
  options.trace_files = {"/nonexistent/trace.csv"};
  EXPECT_EQ(run_pool_bench(options).error().code, errc::io_failed);

  const trace_file file{"no header"};
  options.trace_files = {file.path};
  const auto why = run_pool_bench(options).error();
  EXPECT_EQ(why.code, errc::malformed);
  EXPECT_THAT(why.context, HasSubstr(file.path));
}

}  // namespace
}  // namespace dunlin::bench

// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/figures.hpp"

#include <gtest/gtest.h>

namespace dunlin::flight {
namespace {

/// What became of one task. Times in milliseconds.
struct fate {
  const char* node = "a";
  wall_ms submitted = 1'000;
  wall_ms started = 1'000;
  wall_ms finished = 1'000;
  std::uint64_t run = 0;
  std::uint64_t cpu = 0;
  task_state state = task_state::succeeded;
};

task_record record_of(const fate& of) {
  task_record out;
  out.submitted = of.submitted;
  out.status.state = of.state;
  out.status.owner = of.node;
  out.status.started = of.started;
  out.status.finished = of.finished;
  out.status.usage.run_ns = of.run * 1'000'000;
  out.status.usage.cpu_ns = of.cpu * 1'000'000;
  return out;
}

flight_figures figures(const std::vector<fate>& fates, std::size_t workers = 1) {
  std::vector<task_record> tasks;
  tasks.reserve(fates.size());
  for (const auto& one : fates) tasks.push_back(record_of(one));
  return figures_of(tasks, workers);
}

TEST(FlightFigures, PercentilesAreTimesThatOccurred) {
  std::vector<fate> hundred;
  for (wall_ms i = 100; i >= 1; --i)
    hundred.push_back({"a", 1'000, 1'000 + i, 2'000, static_cast<std::uint64_t>(2 * i)});
  const auto of = figures(hundred);

  EXPECT_DOUBLE_EQ(of.queue.p50, 50);
  EXPECT_DOUBLE_EQ(of.queue.p95, 95);
  EXPECT_DOUBLE_EQ(of.queue.p99, 99);
  EXPECT_DOUBLE_EQ(of.run.p50, 100);
  EXPECT_DOUBLE_EQ(of.run.p99, 198);
}

TEST(FlightFigures, PercentilesOfFewTimes) {
  const auto one = figures({{"a", 1'000, 1'007, 1'010, 3}});
  EXPECT_DOUBLE_EQ(one.queue.p50, 7);
  EXPECT_DOUBLE_EQ(one.queue.p99, 7);
  const auto two = figures({{"a", 1'000, 1'002, 1'010}, {"a", 1'000, 1'008, 1'010}});
  EXPECT_DOUBLE_EQ(two.queue.p50, 2);
  EXPECT_DOUBLE_EQ(two.queue.p95, 8);
}

TEST(FlightFigures, OfTheWholeFlight) {
  // Two nodes for two seconds: 1.5 s of the one and 1 s of the other, of these 2 s on a processor.
  const auto of = figures({{"a", 1'000, 1'000, 2'500, 1'500, 1'200},
                           {"b", 1'000, 1'200, 1'700, 500, 400},
                           {"b", 1'100, 2'500, 3'000, 500, 400, task_state::failed}});

  EXPECT_EQ(of.tasks, 3U);
  EXPECT_EQ(of.states.at(task_state::succeeded), 2U);
  EXPECT_EQ(of.states.at(task_state::failed), 1U);
  EXPECT_NEAR(of.success_rate, 2.0 / 3, 1e-12);
  EXPECT_DOUBLE_EQ(of.seconds, 2);
  EXPECT_DOUBLE_EQ(of.throughput, 1.5);
  EXPECT_DOUBLE_EQ(of.average_running, 1.25);
  EXPECT_DOUBLE_EQ(of.one_worker_seconds, 2);
  EXPECT_DOUBLE_EQ(of.speed_up, 1);
  EXPECT_EQ(of.nodes.at("a").tasks, 1U);
  EXPECT_EQ(of.nodes.at("b").tasks, 2U);
  EXPECT_DOUBLE_EQ(of.nodes.at("b").busy_seconds, 0.8);
}

TEST(FlightFigures, MostAtOnceCountsHandlersThatOverlap) {
  EXPECT_EQ(figures({{"a", 1'000, 1'000, 1'100}, {"b", 1'000, 1'050, 1'200}, {"c", 1'000, 1'090, 1'300}}).most_running,
            3U);
  EXPECT_EQ(figures({{"a", 1'000, 1'000, 1'100}, {"b", 1'000, 1'100, 1'200}}).most_running, 1U)
      << "one after the other";
  EXPECT_EQ(figures({{"a", 1'000, 1'000, 1'100}, {"b", 1'000, 1'000, 1'000}}).most_running, 2U) << "however short";
}

TEST(FlightFigures, ANodeNeverCountsForMoreThanItsWorkers) {
  const std::vector<fate> batch{
      {"a", 1'000, 1'000, 1'100}, {"a", 1'000, 1'010, 1'100}, {"a", 1'000, 1'020, 1'100}, {"b", 1'000, 1'090, 1'200}};
  EXPECT_EQ(figures(batch, 1).most_running, 2U);
  EXPECT_EQ(figures(batch, 2).most_running, 3U);
}

TEST(FlightFigures, WhatNeverStartedHasNoTimes) {
  const auto of = figures({{"", 1'000, 0, 1'500, 0, 0, task_state::cancelled}, {"a", 1'000, 1'010, 2'000, 990, 990}});

  EXPECT_EQ(of.tasks, 2U);
  EXPECT_DOUBLE_EQ(of.queue.p99, 10);
  EXPECT_EQ(of.nodes.size(), 1U);
  EXPECT_EQ(of.most_running, 1U);
  EXPECT_DOUBLE_EQ(of.success_rate, 0.5);
}

TEST(FlightFigures, OfNothingAreZero) {
  const auto of = figures({});
  EXPECT_EQ(of.tasks, 0U);
  EXPECT_EQ(of.most_running, 0U);
  EXPECT_EQ(of.speed_up, 0);
  EXPECT_EQ(of.success_rate, 0);
}

}  // namespace
}  // namespace dunlin::flight

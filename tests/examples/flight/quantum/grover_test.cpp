// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/quantum/grover.hpp"

#include <gtest/gtest.h>

namespace dunlin::flight::quantum {
namespace {

TEST(QuantumGrover, TwelveQubitsMeetTheClosedForm) {
  const auto report = run_grover({.qubits = 12, .marked = {2741}});

  ASSERT_TRUE(report) << to_string(report.error());
  EXPECT_EQ(report->iterations, 50u);
  EXPECT_NEAR(report->success, report->closed_form, 1e-9);
  EXPECT_GT(report->success, 0.999);
}

TEST(QuantumGrover, EveryNumberOfIterationsAndMarksMeetsTheClosedForm) {
  for (std::uint32_t iterations = 1; iterations < 20; ++iterations)
    for (const auto& marked : {std::vector<std::uint32_t>{7}, {0, 63}, {1, 2, 3, 5, 8}}) {
      const auto report = run_grover({6, marked, iterations});
      ASSERT_TRUE(report);
      ASSERT_NEAR(report->success, report->closed_form, 1e-9) << iterations << " with " << marked.size();
    }
}

TEST(QuantumGrover, OneQubitAndOneIterationFindOneOfFour) {
  // Source of the figure: sin²(3 asin(1/2)) = 1 for one marked state of four.
  EXPECT_NEAR(grover_closed_form(4, 1, 1), 1.0, 1e-12);
  EXPECT_NEAR(run_grover({2, {2}, 1})->success, 1.0, 1e-12);
}

TEST(QuantumGrover, RefusesSearchesWithoutSense) {
  for (const auto& bad : {grover_search{0, {0}}, {21, {0}}, {3, {}}, {3, {8}}, {3, {1, 1}}, {1, {0, 1}}})
    EXPECT_EQ(run_grover(bad).error().code, errc::invalid_argument);
}

}  // namespace
}  // namespace dunlin::flight::quantum

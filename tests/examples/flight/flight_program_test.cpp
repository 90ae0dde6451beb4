// SPDX-License-Identifier: Apache-2.0
// The whole flight on three node processes, as a user starts it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "examples/flight/nodes.hpp"
#include "tests/examples/flight/flight_process.hpp"

namespace dunlin::flight {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::vector<pid_t> nodes_of(const flight_process& flight) {
  std::vector<pid_t> out;
  for (const auto& node : flight_nodes()) out.push_back(flight.node(node.name));
  return out;
}

void expect_nothing_left(const flight_process& flight) {
  for (const auto pid : nodes_of(flight)) EXPECT_TRUE(is_gone(pid)) << pid;
  EXPECT_TRUE(flight.left_nothing());
}

TEST(FlightProgram, FliesEveryTaskAndEveryAnswerChecks) {
  flight_process flight;

  EXPECT_EQ(flight.wait(), 0) << flight.errors();
  const auto report = flight.output();
  EXPECT_THAT(report, HasSubstr("every answer checks"));
  EXPECT_THAT(report, ContainsRegex("success rate +100.0 %"));
  EXPECT_THAT(report, Not(HasSubstr("WRONG")));
  for (const auto& node : flight_nodes()) EXPECT_THAT(report, ContainsRegex(node.name + " .* [1-9][0-9]* "));
  EXPECT_THAT(flight.errors(), HasSubstr("tasks: retrieval"));
  expect_nothing_left(flight);
}

TEST(FlightProgram, EveryAnswerChecksThoughANodeAndThenTheLeaderAreKilled) {
  flight_process flight;

  ASSERT_TRUE(flight.wait_for("quantum [1-9]")) << flight.errors();
  ::kill(flight.node("plover"), SIGKILL);
  ASSERT_TRUE(flight.wait_for("plover is ready again")) << flight.errors();
  ::kill(flight.node("knot"), SIGKILL);
  ASSERT_TRUE(flight.wait_for("knot is ready again")) << flight.errors();

  EXPECT_EQ(flight.wait(), 0) << flight.errors();
  EXPECT_THAT(flight.output(), HasSubstr("every answer checks"));
  EXPECT_THAT(flight.errors(), HasSubstr("plover ended with signal 9"));
  expect_nothing_left(flight);
}

TEST(FlightProgram, CtrlCEndsTheNodesAndRemovesEverything) {
  flight_process flight;

  ASSERT_TRUE(flight.wait_for("tasks: retrieval")) << flight.errors();
  flight.send(SIGINT);

  EXPECT_EQ(flight.wait(), 1);
  EXPECT_THAT(flight.errors(), HasSubstr("the flight was stopped"));
  expect_nothing_left(flight);
}

TEST(FlightProgram, CtrlCDuringTheStartToo) {
  flight_process flight;

  ASSERT_TRUE(flight.wait_for("three node processes")) << flight.errors();
  flight.send(SIGINT);

  EXPECT_EQ(flight.wait(), 1);
  EXPECT_TRUE(flight.left_nothing());
}

}  // namespace
}  // namespace dunlin::flight

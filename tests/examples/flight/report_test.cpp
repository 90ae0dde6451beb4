// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace dunlin::flight {
namespace {

using testing::HasSubstr;

std::vector<task_record> three_tasks() {
  std::vector<task_record> out(3);
  const char* owners[] = {"knot", "plover", "plover"};
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i].spec.shape.kind = i == 0 ? "digits" : "maze";
    out[i].submitted = 1'000;
    out[i].status.state = i == 2 ? task_state::failed : task_state::succeeded;
    out[i].status.owner = owners[i];
    out[i].status.started = 1'100;
    out[i].status.finished = 2'000;
    out[i].status.usage = {0, 900'000'000, 750'000'000, 0};
  }
  return out;
}

const std::vector<quality> answers{{"digits", true, {"all right", "indeed"}}, {"maze", false, {"one is missing"}}};

TEST(FlightReport, ShowsKindsNodesTheWholeAndTheAnswers) {
  const auto text = report_of(three_tasks(), {2, 1.5}, answers);

  EXPECT_THAT(text, HasSubstr("2  1 succeeded, 1 failed"));
  EXPECT_THAT(text, HasSubstr("success rate"));
  EXPECT_THAT(text, HasSubstr("66.7 %"));
  EXPECT_THAT(text, HasSubstr("3.0 tasks/s"));
  EXPECT_THAT(text, testing::ContainsRegex("plover +blas, simd +2 +66.7 % +1.50 +66.7 %"));
  EXPECT_THAT(text, testing::ContainsRegex("turnstone +graph, simd, text +0 +0.0 %"));
  EXPECT_THAT(text, testing::ContainsRegex("speed-up against one worker +2.25"));
  EXPECT_THAT(text, testing::ContainsRegex("left by other programs +1.50"));
  EXPECT_THAT(text, testing::ContainsRegex("digits +check +all right\n +indeed\n"));
  EXPECT_THAT(text, testing::ContainsRegex("maze +WRONG +one is missing"));
}

TEST(FlightReport, FitsOnATerminal) {
  auto tasks = three_tasks();
  tasks.back().status.state = task_state::succeeded;
  std::istringstream lines{report_of(tasks, {2, 1.5}, answers)};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
}

TEST(FlightReport, OfNoTasksDividesByNothing) {
  EXPECT_THAT(report_of({}, {2, 2}, answers), testing::Not(testing::ContainsRegex("nan|inf")));
}

}  // namespace
}  // namespace dunlin::flight

// SPDX-License-Identifier: Apache-2.0
#include "cli/client/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <sstream>

#include "net/json/value.hpp"

namespace dunlin::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

task_record ended(task_state state, errc code = errc::none, const std::string& why = {}) {
  task_record out;
  out.id = task_id{1, 2};
  out.spec.shape.kind = "echo";
  out.status.state = state;
  out.status.code = code;
  out.status.why = why;
  return out;
}

waited_tasks of(std::vector<task_record> records) {
  waited_tasks out;
  out.tally.wanted = records.size();
  for (const auto& one : records) ++out.tally.states[one.status.state];
  out.records = std::move(records);
  return out;
}

struct said {
  int code;
  std::string out;
};

said report(const waited_tasks& waited, output_format format = output_format::table) {
  std::istringstream in;
  std::ostringstream out, err;
  const console to{in, out, err, format};
  const auto code = report_outcome(to, waited);
  return {code, out.str()};
}

TEST(Outcome, IsGoodOnlyIfAllSucceeded) {
  EXPECT_EQ(report(of({ended(task_state::succeeded)})).code, exit_code::ok);
  EXPECT_EQ(report(of({ended(task_state::succeeded), ended(task_state::cancelled)})).code, exit_code::failed);
  EXPECT_EQ(report(of({ended(task_state::dead)})).code, exit_code::failed);
}

TEST(Outcome, SaysWhyATaskFailed) {
  const auto told = report(of({ended(task_state::failed, errc::timeout, "too \x1b slow")}));

  EXPECT_THAT(told.out, HasSubstr("1 of 1 ended: 1 failed"));
  EXPECT_THAT(told.out, HasSubstr("(echo) failed: timeout: too ? slow"));
}

TEST(Outcome, ATaskWithoutAReasonHasNone) {
  EXPECT_THAT(report(of({ended(task_state::cancelled)})).out, HasSubstr("(echo) cancelled\n"));
}

TEST(Outcome, OfManyFailuresTheFirstAreShown) {
  const auto told = report(of(std::vector<task_record>(9, ended(task_state::failed, errc::crashed))));

  EXPECT_EQ(std::ranges::count(told.out, '\n'), 7);
  EXPECT_THAT(told.out, HasSubstr("dunlin task list --state failed"));
}

TEST(Outcome, JsonIsOnePageOfTheTasks) {
  const auto told = report(of({ended(task_state::failed)}), output_format::json);

  const auto read = json::parse(told.out);
  ASSERT_TRUE(read) << told.out;
  EXPECT_EQ(told.code, exit_code::failed);
  EXPECT_THAT(told.out, HasSubstr("\"tasks\":[{"));
}

TEST(TaskTally, InWords) {
  auto waited = of({ended(task_state::succeeded), ended(task_state::failed), ended(task_state::running)});

  EXPECT_EQ(waited.tally.in_words(), "2 of 3 ended: 1 succeeded, 1 failed; 1 running");
  EXPECT_FALSE(waited.tally.all_succeeded());
}

TEST(Patience, IsRoundedUpAndNeverNegative) {
  using std::chrono::milliseconds;
  EXPECT_EQ(patience_of(1.5), milliseconds{1'500});
  EXPECT_EQ(patience_of(0.0001), milliseconds{1});
  EXPECT_EQ(patience_of(-1), milliseconds{0});
  EXPECT_EQ(patience_of(std::numeric_limits<double>::quiet_NaN()), milliseconds{0});
  EXPECT_GT(patience_of(1e300), milliseconds{0});
}

}  // namespace
}  // namespace dunlin::cli

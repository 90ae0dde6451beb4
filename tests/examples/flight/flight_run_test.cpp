// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/flight_run.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace dunlin::flight {
namespace {

task_record task(const char* kind, task_state state) {
  task_record out;
  out.spec.shape.kind = kind;
  out.status.state = state;
  return out;
}

TEST(FlightProgress, CountsWhatHasEndedPerKind) {
  EXPECT_EQ(progress_in_words({task("maze", task_state::succeeded), task("digits", task_state::running),
                               task("maze", task_state::failed), task("maze", task_state::pending)}),
            "maze 2/3, digits 0/1");
  EXPECT_EQ(progress_in_words({}), "");
}

TEST(FlightRun, IsCancelledOnceNobodyIsLeftToAnswer) {
  std::istringstream in;
  std::ostringstream out, err;
  const cli::console to{in, out, err};
  net::http_client nobody{{.address = "127.0.0.1", .port = 1, .token = std::string(64, '0')}};
  flight_run run{nobody, to, [] { return true; }};

  const auto waited = run.wait_for_nodes(3);
  ASSERT_FALSE(waited);
  EXPECT_EQ(waited.error().code, errc::cancelled);
  task_spec one;
  one.shape.kind = "maze";
  const auto flown = run.fly({one});
  ASSERT_FALSE(flown);
  EXPECT_EQ(flown.error().code, errc::cancelled);
}

}  // namespace
}  // namespace dunlin::flight

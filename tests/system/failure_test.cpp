// SPDX-License-Identifier: Apache-2.0
// Handlers that fail in every way: the task says why, the node lives, nothing else is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/text/json_fields.hpp"
#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

struct bad_handler {
  const char* what;
  const char* isolation;
  const char* state;
  const char* code;
  const char* why;
};

class Failure : public testing::TestWithParam<bad_handler> {};

TEST_P(Failure, IsToldAndTheNodeLives) {
  const auto& [what, isolation, state, code, why] = GetParam();
  swarm_rig rig{DUNLIN_TALKING_PROGRAM};
  ASSERT_TRUE(rig.up({"-n", "1", "--isolation", isolation})) << rig.swarm().err();
  const auto node = rig.pid_of("node-1");

  const auto id = rig.submit({"--kind", "misbehaving", "--payload", what, "--retries", "0", "--timeout", "1"});
  const auto other = rig.submit({"--kind", "misbehaving", "--payload", "behave"});
  const auto waited = rig.run({"task", "wait", id});

  const auto record = rig.ask({"task", "info", id});
  EXPECT_EQ(waited.code, 1);
  EXPECT_EQ(cli::field_of<std::string>(record, "state"), state);
  EXPECT_EQ(cli::field_of<std::string>(record, "code"), code);
  EXPECT_THAT(cli::field_of<std::string>(record, "why"), HasSubstr(why));
  EXPECT_EQ(cli::field_of<std::string>(record, "owner"), "node-1");
  EXPECT_GE(cli::number_of<int>(record, "attempt"), 1);
  EXPECT_EQ(rig.run({"task", "wait", other}).code, 0) << "nothing else is lost";
  EXPECT_EQ(rig.field_of_task(other, "output"), "well");
  EXPECT_EQ(rig.pid_of("node-1"), node) << "the node lives";
}

INSTANTIATE_TEST_SUITE_P(Handlers, Failure,
                         testing::Values(bad_handler{"throw", "thread", "failed", "handler_threw", "thrown on purpose"},
                                         bad_handler{"throw", "process", "failed", "handler_threw",
                                                     "thrown on purpose"},
                                         bad_handler{"flood", "thread", "failed", "output_too_large", ""},
                                         bad_handler{"flood", "process", "failed", "output_too_large", ""},
                                         bad_handler{"hang", "thread", "failed", "timeout", "was abandoned"},
                                         bad_handler{"hang", "process", "failed", "timeout", "ran longer"},
                                         bad_handler{"die", "process", "dead", "poisoned", "SIGSEGV"},
                                         bad_handler{"die", "process", "dead", "poisoned", "last words"}),
                         [](const auto& given) {
                           return std::string{given.param.isolation} + "_" + given.param.what + "_" +
                                  std::to_string(given.index);
                         });

TEST(Failure, AFullQueueSaysSoAndTakesNothing) {
  swarm_rig rig;
  ASSERT_TRUE(rig.up({"-n", "1", "--max-live-tasks", "10"})) << rig.swarm().err();

  const auto full = rig.run({"submit", "--kind", "echo", "--count", "11"});

  EXPECT_EQ(full.code, 1);
  EXPECT_THAT(full.err, HasSubstr("error[overloaded]"));
  EXPECT_THAT(full.err, HasSubstr("hint: "));
  EXPECT_EQ(cli::field_of<json::array>(rig.ask({"task", "list"}), "tasks").size(), 0U);
  EXPECT_EQ(rig.run({"submit", "--kind", "echo", "--count", "10", "--wait"}).code, 0);
}

}  // namespace
}  // namespace dunlin::test

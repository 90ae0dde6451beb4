// SPDX-License-Identifier: Apache-2.0
// The program as a user calls it, as far as it needs no swarm.
#include "cli/program.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "actors/agent.hpp"
#include "coordination/version.hpp"
#include "net/json/value.hpp"
#include "tests/cli/program_run.hpp"
#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TEST(Program, VersionIsOneLine) {
  const auto done = run({"version"});

  EXPECT_EQ(done.code, exit_code::ok);
  EXPECT_EQ(done.out, "dunlin " + std::string{version()} + "\n");
}

TEST(Program, EveryAnswerCanBeJson) {
  for (const auto& line : std::vector<std::vector<std::string>>{{"version"}, {"bench", "list"}, {"doctor"}}) {
    const scratch_directory directory;
    auto words = line;
    words.insert(words.end(), {"--output", "json", "--state-dir", directory.path()});
    const auto done = run(words);
    EXPECT_TRUE(json::parse(done.out)) << done.out;
  }
}

TEST(Program, ErrorsAreJsonToo) {
  for (const auto& done : {run({"verison", "--output", "json"}), run({"verison"}, {{"DUNLIN_OUTPUT", "json"}})}) {
    EXPECT_EQ(done.out, "");
    EXPECT_TRUE(json::parse(done.err)) << done.err;
    EXPECT_THAT(done.err, StartsWith(R"({"error":{"code":"unknown_verb")"));
  }
}

TEST(Program, AnErrorHasCodeFieldCauseAndHint) {
  const auto done = run({"up", "--http-port", "eighty"});

  EXPECT_EQ(done.code, exit_code::usage);
  EXPECT_THAT(done.err, StartsWith("error[wrong_type]: http.port: 'eighty'"));
  EXPECT_THAT(done.err, HasSubstr("(from --http-port)"));
  EXPECT_THAT(done.err, HasSubstr("\nhint: "));
}

TEST(Program, TheFileIsReadAndItsErrorsHaveTheirLine) {
  const scratch_directory directory;
  const auto file = directory.path() + "/d.toml";
  std::ofstream{file} << "output = \"json\"\n[http]\nprot = 1\n";

  const auto done = run({"version", "--config", file});

  EXPECT_EQ(done.code, exit_code::usage);
  EXPECT_THAT(done.err, HasSubstr("d.toml:3"));
  EXPECT_THAT(done.err, HasSubstr("did you mean 'http.port'?"));
}

TEST(Program, FlagsGoBeforeVariablesBeforeTheFile) {
  const scratch_directory directory;
  const auto file = directory.path() + "/d.toml";
  std::ofstream{file} << "output = \"json\"\n";

  EXPECT_THAT(run({"version", "--config", file}).out, StartsWith("{"));
  EXPECT_THAT(run({"version"}, {{"DUNLIN_OUTPUT", "json"}}).out, StartsWith("{"));
  EXPECT_THAT(run({"version", "--config", file}, {{"DUNLIN_OUTPUT", "table"}}).out, StartsWith("dunlin"));
  EXPECT_THAT(run({"version", "--output", "json"}, {{"DUNLIN_OUTPUT", "table"}}).out, StartsWith("{"));
  EXPECT_THAT(run({"version", "--set", "output=json"}, {{"DUNLIN_OUTPUT", "table"}}).out, StartsWith("{"));
}

TEST(Program, AMisspeltVariableIsToldAndDoesNoHarm) {
  const auto done = run({"version"}, {{"DUNLIN_OUTPTU", "json"}});

  EXPECT_EQ(done.code, exit_code::ok);
  EXPECT_THAT(done.err, HasSubstr("did you mean DUNLIN_OUTPUT?"));
}

TEST(Program, WithoutASwarmEveryClientVerbSaysSo) {
  const scratch_directory directory;
  for (const auto& line : std::vector<std::vector<std::string>>{{"node", "list"},
                                                                {"node", "drain", "a"},
                                                                {"agent", "list"},
                                                                {"gpu", "list"},
                                                                {"task", "list"},
                                                                {"task", "info", "a"},
                                                                {"task", "explain", "a"},
                                                                {"task", "wait", "a"},
                                                                {"task", "cancel", "a"},
                                                                {"submit", "--kind", "echo"},
                                                                {"run", "--", "ls"},
                                                                {"down"}}) {
    auto words = line;
    words.insert(words.begin(), {"--state-dir", directory.path()});
    const auto done = run(words);
    EXPECT_EQ(done.code, exit_code::unreachable) << line[0];
    EXPECT_THAT(done.err, HasSubstr("no swarm runs with its state in '" + directory.path() + "'")) << line[0];
    EXPECT_THAT(done.err, HasSubstr("hint: ")) << line[0];
  }
}

class ProgramRefuses : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(ProgramRefuses, BadInputWithExitCodeTwoAndAHint) {
  const scratch_directory directory;
  auto words = GetParam();
  words.insert(words.begin(), {"--state-dir", directory.path()});

  const auto done = run(words);

  EXPECT_EQ(done.code, exit_code::usage) << done.err;
  EXPECT_EQ(done.out, "");
  EXPECT_THAT(done.err, HasSubstr("hint: "));
}

using words = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Lines, ProgramRefuses,
    testing::Values(
        words{"tsk"}, words{"task"}, words{"task", "wait"}, words{"submit"}, words{"submit", "--kind"},
        words{"submit", "--kind", "echo", "--priority", "11"}, words{"submit", "--kind", "e", "--count", "0"},
        words{"submit", "--kind", "echo", "--isolation", "thred"}, words{"submit", "--kind", "echo", "--timeout", "-1"},
        words{"submit", "--kind", "echo", "--reserve", "60"}, words{"submit", "--kind", "echo", "--reserve", "1:0"},
        words{"submit", "--kind", "echo", "--cores", "-1"}, words{"submit", "--kind", "echo", "--sharing", "exclusve"},
        words{"submit", "--kind", "echo", "-"}, words{"submit", "/tmp"},
        words{"submit", "--kind", "echo", "--payload", "@/tmp"}, words{"--config", "/tmp", "doctor"},
        words{"experiment", "scaling", "--kind", "echo", "--payload", "@/tmp"}, words{"run"},
        words{"run", "--priority", "0", "--", "ls"}, words{"run", "--env", "A", "--", "ls"},
        words{"task", "list", "--state", "done"}, words{"task", "list", "--after", "x"}, words{"bench", "nothing"},
        words{"gpu", "coordinate"}, words{"gpu", "coordinate", "node-1"}, words{"gpu", "coordinate", "/0"},
        words{"gpu", "coordinate", "a/x"}, words{"gpu", "coordinate", "a/0", "--pattern", "best"},
        words{"gpu", "coordinate", "a/0", "--pattern", "any"}, words{"gpu", "coordinate", "a/0", "--units", "1,,x"},
        words{"gpu", "coordinate", "a/0", "--stages", "a,b:x"}, words{"agent", "new", "1st"}, words{"up", "-n", "0"},
        words{"up", "--node", "a", "--node", "a"}, words{"up", "--node", "a b"}, words{"up", "--policy", "best"},
        words{"experiment", "scaling", "--workers", "1,,2"}, words{"experiment", "scaling", "--workers", "0"},
        words{"experiment", "scaling", "--count", "0"}, words{"experiment", "scaling", "--rounds", "0"},
        words{"experiment", "scaling", "--kind", "nothing", "--svg", "none"},
        words{"experiment", "scaling", "--isolation", "jail"}));

TEST(Program, OwnKindsAreListedForOtherPrograms) {
  agent_kind kind;
  kind.name = "mine";

  EXPECT_EQ(run({"agent-kinds"}, {}, {}, {kind}).out, "mine\n");
}

TEST(Program, AgentNewWritesAProject) {
  const scratch_directory directory;

  const auto done = run({"agent", "new", "words", "--directory", directory.path()});

  EXPECT_EQ(done.code, exit_code::ok);
  EXPECT_TRUE(std::filesystem::exists(directory.path() + "/words/main.cpp"));
  EXPECT_EQ(run({"agent", "new", "words", "--directory", directory.path()}).code, exit_code::failed);
}

TEST(ExitCode, FollowsTheCodesGroup) {
  EXPECT_EQ(exit_code_of(errc::none), 0);
  for (const auto code : {errc::invalid_argument, errc::unknown_kind, errc::infeasible, errc::cyclic_dependency,
                          errc::unknown_verb, errc::too_large})
    EXPECT_EQ(exit_code_of(code), 2) << to_string(code);
  for (const auto code : {errc::unreachable, errc::link_down}) EXPECT_EQ(exit_code_of(code), 3) << to_string(code);
  EXPECT_EQ(exit_code_of(errc::timeout), 4);
  for (const auto code : {errc::not_found, errc::conflict, errc::overloaded, errc::handler_failed, errc::unauthorised,
                          errc::internal, errc::already_running})
    EXPECT_EQ(exit_code_of(code), 1) << to_string(code);
}

}  // namespace
}  // namespace dunlin::cli::test

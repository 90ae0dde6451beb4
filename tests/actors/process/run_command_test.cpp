// SPDX-License-Identifier: Apache-2.0
#include "actors/process/run_command.hpp"
#include "coordination/codec/fields.hpp"

#include <filesystem>
#include <fstream>

#include "tests/actors/process/process_fixture.hpp"

namespace dunlin::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

std::string real(const char* path) { return std::filesystem::canonical(path).string(); }

TEST(AllowList, AllowsNothingByDefaultAndNamesTheKey) {
  const auto refused = allow_list{}.resolve("/bin/sh");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_allowed);
  EXPECT_EQ(refused.error().context, "running /bin/sh is not allowed on this node");
  EXPECT_THAT(refused.error().hint, HasSubstr("add \"/bin/sh\" to `allow` under [process]"));
}

TEST(AllowList, FindsAProgramByItsPathOrItsName) {
  const auto allowed = allow_list::make({"/bin/sh"}).value();

  EXPECT_EQ(*allowed.resolve("/bin/sh"), real("/bin/sh"));
  EXPECT_EQ(*allowed.resolve("sh"), real("/bin/sh"));
  EXPECT_EQ(*allowed.resolve("/usr/bin/sh"), real("/bin/sh"));
  EXPECT_EQ(allowed.resolve("/bin/cat").error().code, errc::not_allowed);
}

TEST(AllowList, IsNotFooledByALinkElsewhere) {
  const auto link = std::filesystem::path(::testing::TempDir()) / "dunlin-link-to-cat";
  std::filesystem::remove(link);
  std::filesystem::create_symlink("/bin/cat", link);

  EXPECT_EQ(allow_list::make({"/bin/sh"}).value().resolve(link.string()).error().code, errc::not_allowed);
  std::filesystem::remove(link);
}

TEST(AllowList, AllowsAProgramUnderTheListedNameOnly) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "dunlin-two-names";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  for (const auto* name : {"harmless", "shell"}) std::filesystem::create_symlink("/bin/sh", folder / name);
  const auto allowed = allow_list::make({folder / "harmless"}).value();

  EXPECT_EQ(*allowed.resolve((folder / "harmless").string()), real("/bin/sh"));
  EXPECT_EQ(allowed.resolve((folder / "shell").string()).error().code, errc::not_allowed);
  EXPECT_EQ(allowed.resolve(real("/bin/sh")).error().code, errc::not_allowed);
  std::filesystem::remove_all(folder);
}

TEST(AllowList, AllowsNoVariableByDefaultAndNamesTheKey) {
  const auto refused = allow_list{}.check_variable("LD_PRELOAD", "/tmp/x.so");

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_allowed);
  EXPECT_THAT(refused.error().hint, HasSubstr("add \"LD_PRELOAD\" to `environment` under [process]"));
  EXPECT_TRUE(allow_list::make({}, {"COLOUR"}).value().check_variable("COLOUR", "blue"));
}

TEST(AllowList, WhatTheNodeSetsCannotBeListed) {
  for (const auto* name : {"PATH", "HOME", "TMPDIR", "LANG", "DUNLIN_TASK_ID", "A=B", ""}) {
    const auto made = allow_list::make({}, {name});
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().path, "process.environment[0]");
  }
}

TEST(AllowList, RefusesWhatNoProgramIs) {
  const auto allowed = allow_list::make({"/bin/sh"}).value();

  EXPECT_EQ(allowed.resolve("no-such-program").error().code, errc::not_found);
  EXPECT_EQ(allowed.resolve("/etc/passwd").error().code, errc::not_found);
  EXPECT_EQ(allowed.resolve("bin/sh").error().code, errc::invalid_argument);
  EXPECT_EQ(allowed.resolve("").error().code, errc::invalid_argument);
}

TEST(AllowList, NamesTheEntryThatIsWrong) {
  const auto relative = allow_list::make({"/bin/sh", "cat"});
  const auto missing = allow_list::make({"/nowhere"});

  EXPECT_EQ(relative.error().code, errc::invalid_argument);
  EXPECT_EQ(relative.error().path, "process.allow[1]");
  EXPECT_EQ(missing.error().code, errc::not_found);
}

class RunCommand : public ProcessFixture {
 protected:
  command_end run(std::vector<std::string> arguments, std::chrono::milliseconds timeout = 30s) {
    command_attempt attempt;
    attempt.command.arguments = std::move(arguments);
    attempt.command.environment = {{"COLOUR", "blue"}};
    attempt.id = {1, 2};
    attempt.attempt = 3;
    attempt.timeout = timeout;
    std::promise<command_end> end;
    const auto started = run_command(*host, allowed, attempt, [&](command_end e) { end.set_value(std::move(e)); });
    if (!started) throw std::runtime_error(to_string(started.error()));
    return soon(end.get_future());
  }

  errc refusal(command_line command) {
    command_attempt attempt;
    attempt.command = std::move(command);
    const auto started = run_command(*host, allowed, attempt, [](const command_end&) {});
    return started ? errc::none : started.error().code;
  }

  allow_list allowed = allow_list::make({CHILD_PROGRAM}, {"COLOUR"}).value();
};

TEST_F(RunCommand, ReturnsWhatTheProgramWrote) {
  const auto end = run({CHILD_PROGRAM, "say", "hello"});

  ASSERT_TRUE(end.outcome) << to_string(end.outcome.error());
  EXPECT_EQ(as_text(end.outcome->output), "hello\n");
  EXPECT_EQ(end.outcome->output_bytes, 6U);
  EXPECT_EQ(end.outcome->exit_code, 0);
  EXPECT_GT(end.usage.run_ns, 0U);
}

TEST_F(RunCommand, PutsTheTaskIntoTheEnvironment) {
  const auto end = run({CHILD_PROGRAM, "environment"});

  EXPECT_THAT(std::string{as_text(end.outcome->output)},
              HasSubstr("COLOUR=blue\nDUNLIN_TASK_ID=" + to_string(task_id{1, 2}) + "\nDUNLIN_ATTEMPT=3\n"));
}

TEST_F(RunCommand, FailsWithTheExitCode) {
  const auto end = run({CHILD_PROGRAM, "exit", "4"});

  EXPECT_EQ(end.outcome.error().code, errc::handler_failed);
  EXPECT_THAT(end.outcome.error().context, HasSubstr("exited with code 4"));
}

TEST_F(RunCommand, TellsADeathFromATimeout) {
  EXPECT_EQ(run({CHILD_PROGRAM, "segfault"}).outcome.error().code, errc::crashed);
  EXPECT_EQ(run({CHILD_PROGRAM, "hang"}, 20ms).outcome.error().code, errc::timeout);
}

TEST_F(RunCommand, RefusesBeforeItStarts) {
  EXPECT_EQ(refusal({{"/bin/cat"}, {}}), errc::not_allowed);
  EXPECT_EQ(refusal({{}, {}}), errc::invalid_argument);
  EXPECT_EQ(refusal({{CHILD_PROGRAM, std::string("a\0b", 3)}, {}}), errc::invalid_argument);
  EXPECT_EQ(refusal({{CHILD_PROGRAM}, {{"A=B", "c"}}}), errc::invalid_argument);
  EXPECT_EQ(refusal({{CHILD_PROGRAM}, {{"COLOUR", std::string("a\0b", 3)}}}), errc::invalid_argument);
  EXPECT_EQ(refusal({{CHILD_PROGRAM}, {{"LD_PRELOAD", "/x.so"}}}), errc::not_allowed);
}

TEST_F(RunCommand, KeepsTheEndOfLongOutput) {
  const auto end = run({CHILD_PROGRAM, "repeat", "a line of text", "20000"});

  ASSERT_TRUE(end.outcome) << to_string(end.outcome.error());
  EXPECT_EQ(end.outcome->output_bytes, 300'000U);
  EXPECT_LE(codec::to_wire(*end.outcome).size(), max_inline_bytes);
  EXPECT_GT(end.outcome->output.size(), 190'000U);
  EXPECT_TRUE(as_text(end.outcome->output).ends_with("a line of text\n"));
}

TEST_F(RunCommand, SaysThatTheArgumentsAreTooLong) {
  EXPECT_EQ(run({CHILD_PROGRAM, "say", std::string(200'000, 'x')}).outcome.error().code, errc::too_large);
}

}  // namespace
}  // namespace dunlin::testing

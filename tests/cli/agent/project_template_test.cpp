// SPDX-License-Identifier: Apache-2.0
#include "cli/agent/project_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string content_of(const std::string& name, const std::string& path) {
  const auto files = agent_project(name);
  if (!files) return {};
  const auto at = std::ranges::find(*files, path, &std::pair<std::string, std::string>::first);
  return at == files->end() ? std::string{} : at->second;
}

TEST(AgentProject, TheAgentWithItsRegistrationFitsInFortyLines) {
  const auto text = content_of("words", "main.cpp");

  EXPECT_THAT(text, HasSubstr("run_swarm_program"));
  EXPECT_LE(std::ranges::count(text, '\n'), 40);
}

TEST(AgentProject, EveryFileIsFilledWithTheName) {
  const auto files = agent_project("my-words");

  ASSERT_TRUE(files);
  for (const auto& [path, text] : *files) EXPECT_THAT(text, Not(HasSubstr("@"))) << path;
  EXPECT_THAT(content_of("my-words", "CMakeLists.txt"), HasSubstr("add_executable(my-words main.cpp)"));
  EXPECT_THAT(content_of("my-words", "main.cpp"), HasSubstr("class my_words_agent"));
  EXPECT_THAT(content_of("my-words", "main.cpp"), HasSubstr("(\"my-words\")"));
}

class AgentProjectRefuses : public testing::TestWithParam<const char*> {};

TEST_P(AgentProjectRefuses, NamesThatAreNoneForATargetAndAClass) {
  const auto files = agent_project(GetParam());

  ASSERT_FALSE(files);
  EXPECT_EQ(files.error().code, errc::invalid_argument);
  EXPECT_FALSE(files.error().hint.empty());
}

INSTANTIATE_TEST_SUITE_P(Names, AgentProjectRefuses,
                         testing::Values("", "1st", "-x", "a.b", "a/b", "a b", "../up", "test", "all", "a\"b", "a;b"));

TEST(AgentProject, IsWrittenWholeAndOverNothing) {
  const scratch_directory directory;

  const auto made = write_agent_project(directory.path(), "words");

  ASSERT_TRUE(made) << to_string(made.error());
  EXPECT_EQ(*made, directory.path() + "/words");
  std::ostringstream written;
  written << std::ifstream{*made + "/main.cpp"}.rdbuf();
  EXPECT_EQ(written.str(), content_of("words", "main.cpp"));
  EXPECT_EQ(write_agent_project(directory.path(), "words").error().code, errc::conflict);
  EXPECT_EQ(write_agent_project(directory.path() + "/missing", "words").error().code, errc::io_failed);
}

}  // namespace
}  // namespace dunlin::cli

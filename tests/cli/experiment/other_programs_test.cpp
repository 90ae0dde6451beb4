// SPDX-License-Identifier: Apache-2.0
#include "cli/experiment/other_programs.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::IsEmpty;

/// Writes a script that prints `lines`.
std::string make_program(const std::string& directory, const std::string& name, const std::string& lines) {
  auto path = directory + "/" + name;
  std::ofstream{path} << "#!/bin/sh\n[ \"$1\" = agent-kinds ] && printf '" << lines << "'\n";
  fs::permissions(path, fs::perms::owner_all);
  return path;
}

TEST(OtherPrograms, AreExecutablesOfTheirNameInOrder) {
  const scratch_directory directory;
  const auto b = make_program(directory.path(), "dunlin-b", "");
  const auto a = make_program(directory.path(), "dunlin-a", "");
  make_program(directory.path(), "other", "");
  std::ofstream{directory.path() + "/dunlin-text"} << "not a program";
  fs::create_directory(directory.path() + "/dunlin-directory");

  EXPECT_THAT(programs_in(directory.path()), ElementsAre(a, b));
  EXPECT_THAT(programs_in("/no/such/directory"), IsEmpty());
}

TEST(OtherPrograms, TheOneThatSaysItHasTheKindIsFound) {
  const scratch_directory directory;
  make_program(directory.path(), "dunlin-a", "quantum-like\\nmaze\\n");
  const auto b = make_program(directory.path(), "dunlin-b", "digits\\nquantum\\n");
  std::ofstream{directory.path() + "/dunlin-broken"} << "\x7f"
                                                        "ELF";
  fs::permissions(directory.path() + "/dunlin-broken", fs::perms::owner_all);
  const auto programs = programs_in(directory.path());

  EXPECT_EQ(program_with(programs, "quantum"), b);
  EXPECT_EQ(program_with(programs, "quant"), "");
  EXPECT_EQ(program_with({}, "quantum"), "");
}

}  // namespace
}  // namespace dunlin::cli

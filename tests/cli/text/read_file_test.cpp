// SPDX-License-Identifier: Apache-2.0
#include "cli/text/read_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::cli {
namespace {

using testing::HasSubstr;

TEST(ReadFile, GivesWhatIsInIt) {
  const scratch_directory files;
  const auto path = files.path() + "/text";
  const std::string content = std::string(200'000, 'a') + '\0' + "\r\nz";
  std::ofstream{path, std::ios::binary} << content;

  EXPECT_EQ(read_file(path), content);
}

TEST(ReadFile, GivesNothingOfAnEmptyFile) {
  const scratch_directory files;
  std::ofstream{files.path() + "/empty"}.flush();

  EXPECT_EQ(read_file(files.path() + "/empty"), "");
}

TEST(ReadFile, SaysWhyADirectoryIsNotRead) {
  const scratch_directory files;

  const auto text = read_file(files.path());

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, errc::invalid_argument);
  EXPECT_THAT(text.error().context, HasSubstr("is a directory"));
}

TEST(ReadFile, SaysWhichFileIsMissing) {
  const auto text = read_file("/no/such/file");

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, errc::not_found);
  EXPECT_THAT(text.error().context, HasSubstr("/no/such/file"));
}

TEST(ReadFile, EndsAtItsBoundWhereAFileHasNoEnd) {
  const auto text = read_file("/dev/zero", 100'000);

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, errc::too_large);
}

TEST(ReadFile, IsAnErrorWhenTheKernelStopsInTheMiddle) {
  const auto text = read_file("/proc/self/mem");  // nothing is mapped at its beginning

  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, errc::io_failed);
}

TEST(ReadFile, TakesTheInputUpToItsBound) {
  std::istringstream exact{"12345"};
  std::istringstream longer{"123456"};

  EXPECT_EQ(read_all(exact, "the input", 5), "12345");
  EXPECT_EQ(read_all(longer, "the input", 5).error().code, errc::too_large);
}

}  // namespace
}  // namespace dunlin::cli

// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/agents/step_files.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight {
namespace {

class StepFiles : public testing::Test {
 protected:
  /// Changes the byte at `at` of the file.
  void damage(std::streamoff at) const {
    std::fstream file{path_, std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(at);
    file.put('#');
  }

  scratch_directory directory_;
  std::string path_ = directory_.path() + "/step.0";
};

TEST_F(StepFiles, ComeBackAsWrittenAndLeaveNothingElse) {
  for (const auto& content : {bytes{}, to_bytes("x"), to_bytes("nine bytes"), bytes(100'000, std::byte{7})}) {
    ASSERT_TRUE(write_whole(path_, content));
    EXPECT_EQ(read_whole(path_), content);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{directory_.path()}, {}), 1);
}

TEST_F(StepFiles, NoticeEveryDamagedByte) {
  const auto content = to_bytes("what a step found");
  for (std::size_t at = 0; at < content.size() + 8; ++at) {
    ASSERT_TRUE(write_whole(path_, content));
    damage(static_cast<std::streamoff>(at));
    const auto read = read_whole(path_);
    ASSERT_FALSE(read) << at;
    EXPECT_EQ(read.error().code, errc::corrupt) << at;
  }
}

TEST_F(StepFiles, NoticeEveryMissingTail) {
  ASSERT_TRUE(write_whole(path_, to_bytes("what a step found")));
  for (auto size = std::filesystem::file_size(path_); size-- > 0;) {
    std::filesystem::resize_file(path_, size);
    EXPECT_EQ(read_whole(path_).error().code, errc::corrupt) << size;
  }
}

TEST_F(StepFiles, SayWhatIsMissing) {
  EXPECT_EQ(read_whole(path_).error().code, errc::not_found);
  const auto refused = write_whole(directory_.path() + "/no/such/folder", {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::io_failed);
}

}  // namespace
}  // namespace dunlin::flight

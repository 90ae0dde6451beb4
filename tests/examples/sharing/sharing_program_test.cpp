// SPDX-License-Identifier: Apache-2.0
// The example as a user starts it, in a hurry.
#include <gmock/gmock.h>

#include <array>
#include <filesystem>

#include "tests/system/poll.hpp"
#include "tests/system/program.hpp"

namespace dunlin::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

constexpr std::array patterns{"exclusive", "time_sliced", "space_partitioned", "pipeline", "collaborative"};

TEST(SharingProgram, WalksThroughAllPatternsAndDrawsThem) {
  const scratch_directory place;
  const auto picture = place.path() + "/walk.svg";

  program walk{{SHARING_PROGRAM, "--seconds", "1", "--svg", picture}};
  ASSERT_TRUE(eventually([&] { return !walk.runs(); }, std::chrono::minutes{2}));
  const auto done = walk.wait();

  EXPECT_EQ(done.code, 0) << done.err;
  const auto drawn = content_of(picture);
  for (const std::string pattern : patterns) {
    EXPECT_THAT(done.out, HasSubstr("$ dunlin gpu coordinate swarm/0 --pattern " + pattern));
    EXPECT_THAT(done.out, ContainsRegex("swarm/0 +[0-9]+ +[a-z]+ +" + pattern)) << "a contract of each pattern";
    EXPECT_THAT(done.out, ContainsRegex("\n" + pattern + " .* %")) << "a row of the summary";
    EXPECT_THAT(drawn, HasSubstr(">" + pattern + "<"));
  }
  EXPECT_THAT(done.out, HasSubstr("No task failed or began anew"));
  EXPECT_THAT(drawn, HasSubstr("</svg>"));
}

TEST(SharingProgram, SaysWhenThePictureCannotBeWritten) {
  const auto done = run_to_end({SHARING_PROGRAM, "--seconds", "1", "--svg", "/no/such/place.svg"});

  EXPECT_EQ(done.code, 1);
  EXPECT_THAT(done.err, HasSubstr("/no/such/place.svg"));
}

TEST(SharingProgram, ShowsItsUsage) {
  for (const auto& line :
       {std::vector<std::string>{"--seconds"}, {"--seconds", "0"}, {"--seconds", "x"}, {"--what", "1"}}) {
    auto all = line;
    all.insert(all.begin(), SHARING_PROGRAM);
    const auto done = run_to_end(all);
    EXPECT_EQ(done.code, 2);
    EXPECT_THAT(done.err, HasSubstr("usage: sharing"));
  }
}

}  // namespace
}  // namespace dunlin::test

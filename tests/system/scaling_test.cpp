// SPDX-License-Identifier: Apache-2.0
// `experiment scaling` starts swarms of its own and measures them.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/system/swarm_rig.hpp"

namespace dunlin::test {
namespace {

using testing::HasSubstr;

std::string text_of(const std::string& file) {
  std::ostringstream out;
  out << std::ifstream{file}.rdbuf();
  return out.str();
}

class Scaling : public testing::TestWithParam<const char*> {};

TEST_P(Scaling, MeasuresEveryNumberOfWorkersAndDrawsThem) {
  const swarm_rig rig;
  const auto picture = rig.state_dir() + "/scaling.svg";

  const auto done =
      rig.run({"experiment", "scaling", "--workers", "1,2", "--kind", "primes", "--payload", "1000",
               "--waiting-payload", "5", "--count", "4", "--rounds", "1", "--isolation", GetParam(), "--svg", picture});

  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_THAT(done.out, testing::ContainsRegex("primes +1 +[0-9.]+ +1.00"));
  EXPECT_THAT(done.out, testing::ContainsRegex("primes +2 "));
  EXPECT_THAT(done.out, testing::ContainsRegex("wait +2 "));
  EXPECT_THAT(text_of(picture), HasSubstr("<svg"));
}

INSTANTIATE_TEST_SUITE_P(Isolation, Scaling, testing::Values("thread", "process"),
                         [](const auto& kind) { return std::string{kind.param}; });

TEST(ScalingRefused, SaysWhichKindIsNotHere) {
  const swarm_rig rig;

  const auto done = rig.run({"experiment", "scaling", "--workers", "1", "--kind", "no-such-kind", "--svg", "none"});

  EXPECT_EQ(done.code, 2);
  EXPECT_THAT(done.err, HasSubstr("unknown_kind"));
}

}  // namespace
}  // namespace dunlin::test

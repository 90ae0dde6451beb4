// SPDX-License-Identifier: Apache-2.0
#include "coordination/version.hpp"

#include <gmock/gmock.h>

TEST(Version, HasThreeNumbers) {
  EXPECT_THAT(std::string(dunlin::version()), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

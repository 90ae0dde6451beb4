// SPDX-License-Identifier: Apache-2.0
#include "net/json/nearest.hpp"

#include <gtest/gtest.h>

#include <array>

namespace dunlin::json {
namespace {

constexpr std::array<std::string_view, 4> keys{"kind", "priority", "payload", "labels"};

TEST(Nearest, FindsASlipOfTheFinger) {
  EXPECT_EQ(nearest("knid", keys), "kind");
  EXPECT_EQ(nearest("prioritty", keys), "priority");
  EXPECT_EQ(nearest("label", keys), "labels");
}

TEST(Nearest, FindsNothingAlike) { EXPECT_EQ(nearest("quantum", keys), ""); }

TEST(Nearest, StaysCheapOnALongKey) { EXPECT_EQ(nearest(std::string(1'000'000, 'x'), keys), ""); }

TEST(Nearest, SuggestsAllWhereNoneIsAlike) {
  EXPECT_EQ(suggestion("knid", keys), "did you mean 'kind'?");
  EXPECT_EQ(suggestion("zzzzzzz", keys), "use one of: kind priority payload labels");
}

}  // namespace
}  // namespace dunlin::json

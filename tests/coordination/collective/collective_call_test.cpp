// SPDX-License-Identifier: Apache-2.0
#include "coordination/collective/collective_call.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

TEST(CollectiveCall, CutsIntoPartsAsEvenAsCanBe) {
  for (const std::uint64_t count : {0ULL, 1ULL, 7ULL, 8ULL, 1'000'003ULL}) {
    for (const std::uint32_t parts : {1U, 2U, 3U, 7U, 9U}) {
      std::uint64_t next = 0;
      for (std::uint32_t i = 0; i < parts; ++i) {
        const auto part = part_of(count, parts, i);
        EXPECT_EQ(part.from, next);
        EXPECT_LE(part_of(count, parts, 0).count - part.count, 1U);
        next = part.end();
      }
      EXPECT_EQ(next, count);
    }
  }
}

TEST(CollectiveCall, RefusesMembersThatDoNotExist) {
  EXPECT_EQ(check({collective_kind::barrier}, 0).error().path, "members");
  EXPECT_EQ(check({collective_kind::broadcast, 1, 3}, 3).error().context, "member 3 of a group of 3 does not exist");
  EXPECT_EQ(check({collective_kind::send, 1, 0, 5}, 3).error().code, errc::invalid_argument);
  EXPECT_EQ(check({collective_kind::send, 1, 1, 1}, 3).error().path, "peer");
  EXPECT_TRUE(check({collective_kind::all_reduce, 1, 99, 99}, 3));
}

TEST(CollectiveCall, SpellsItsKinds) {
  EXPECT_EQ(to_string(collective_kind::all_reduce), "all_reduce");
  EXPECT_EQ(to_string(collective_kind::reduce_scatter), "reduce_scatter");
  EXPECT_EQ(to_string(collective_kind::all_gather), "all_gather");
  EXPECT_EQ(to_string(collective_kind::broadcast), "broadcast");
  EXPECT_EQ(to_string(collective_kind::barrier), "barrier");
  EXPECT_EQ(to_string(collective_kind::send), "send");
}

}  // namespace
}  // namespace dunlin

// SPDX-License-Identifier: Apache-2.0
// What is sealed opens again as it was, and as nothing else.
#include "store/seal.hpp"

#include <gtest/gtest.h>

namespace dunlin {
namespace {

constexpr task_id some{7, 8};
constexpr task_id other{7, 9};
constexpr wall_ms noon = 1'700'000'000'000;

TEST(Seal, OpensForItsTaskAlone) {
  auto sealed = to_bytes("what is stored");
  seal(sealed, some);

  EXPECT_EQ(as_text(open_seal(some, sealed).value()), "what is stored");
  EXPECT_EQ(open_seal(other, sealed).error().code, errc::corrupt);
}

TEST(Seal, CoversTheNumberBeside) {
  for (const wall_ms beside : {wall_ms{0}, wall_ms{1}, noon}) {
    auto sealed = to_bytes("what is stored");
    seal(sealed, some, beside);

    EXPECT_EQ(as_text(open_seal(some, sealed, beside).value()), "what is stored");
    for (int bit = 0; bit < 63; ++bit)
      EXPECT_EQ(open_seal(some, sealed, beside ^ (wall_ms{1} << bit)).error().code, errc::corrupt) << bit;
  }
}

TEST(Seal, EveryFlippedBitIsFound) {
  auto sealed = to_bytes("what is stored");
  seal(sealed, some, noon);
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    auto flipped = sealed;
    flipped[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    EXPECT_FALSE(open_seal(some, flipped, noon)) << bit;
  }
}

TEST(Seal, OfAnEarlierVersionOpensWithoutTheNumber) {
  auto sealed = to_bytes("what is stored");
  seal(sealed, some);
  EXPECT_TRUE(open_seal(some, sealed, noon));
}

}  // namespace
}  // namespace dunlin

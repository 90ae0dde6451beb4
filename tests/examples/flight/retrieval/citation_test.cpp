// SPDX-License-Identifier: Apache-2.0
#include "examples/flight/retrieval/citation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/scratch_directory.hpp"

namespace dunlin::flight::retrieval {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr auto query = "when does the dunlin turn";
constexpr auto sentence = "A dunlin must turn when its flock does.";

class Citation : public testing::Test {
 protected:
  Citation() { std::ofstream{path_} << "Shorebirds\n\n" << sentence << "\nWaders wade.\n"; }

  [[nodiscard]] citation right() const { return cite(query, {path_, 12, sentence}); }
  [[nodiscard]] static verdict judged(const citation& claim) { return verify(query, claim).value(); }

  scratch_directory directory_;
  std::string path_ = directory_.path() + "/birds.md";
};

TEST_F(Citation, NamesTheTermsOfTheQuestionThatThePassageHolds) {
  EXPECT_THAT(right().terms, ElementsAre("dunlin", "turn"));
  EXPECT_THAT(cite(query, {path_, 0, "Shorebirds"}).terms, ElementsAre());
}

TEST_F(Citation, HoldsIfThePassageStandsThere) {
  EXPECT_TRUE(judged(right()).holds) << judged(right()).reason;
  EXPECT_EQ(judged(right()).reason, "");
}

TEST_F(Citation, DoesNotHoldAtAnyOtherPlace) {
  for (std::uint64_t offset = 0; offset < 80; ++offset) {
    auto claim = right();
    claim.cited.offset = offset;
    EXPECT_EQ(judged(claim).holds, offset == 12) << offset;
  }
  auto beyond = right();
  beyond.cited.offset = ~std::uint64_t{0};
  EXPECT_THAT(judged(beyond).reason, HasSubstr("does not read so"));
}

TEST_F(Citation, DoesNotHoldWithAnyLetterChanged) {
  const auto length = right().cited.text.size();
  for (std::size_t i = 0; i < length; ++i) {
    auto claim = right();
    claim.cited.text[i] ^= 1;
    EXPECT_FALSE(judged(claim).holds) << i;
  }
}

TEST_F(Citation, DoesNotHoldOnceTheDocumentHasChanged) {
  const auto claim = right();
  std::ofstream{path_} << "Shorebirds, or waders\n\n" << sentence;
  EXPECT_FALSE(judged(claim).holds);
}

TEST_F(Citation, NamesTheClaimedTermThatIsMissing) {
  auto claim = right();
  claim.terms.emplace_back("oystercatcher");

  EXPECT_FALSE(judged(claim).holds);
  EXPECT_THAT(judged(claim).missing, ElementsAre("oystercatcher"));
  EXPECT_THAT(judged(claim).reason, HasSubstr("oystercatcher"));
}

TEST_F(Citation, OfTooFewTermsDoesNotHold) {
  EXPECT_TRUE(verify("dunlin turn wave sway", right())->holds) << "two of four";
  EXPECT_FALSE(verify("dunlin turn wave sway swerve", right())->holds) << "two of five";
  EXPECT_TRUE(verify("dunlin turn wave sway swerve", right(), 0.4)->holds);
}

TEST_F(Citation, OfNothingDoesNotHold) {
  auto empty = right();
  empty.cited.text.clear();
  EXPECT_FALSE(judged(empty).holds);
  auto without_terms = right();
  without_terms.terms.clear();
  EXPECT_FALSE(judged(without_terms).holds);
}

TEST_F(Citation, OfAMissingDocumentIsAnError) {
  auto claim = right();
  claim.cited.document += ".gone";

  const auto refused = verify(query, claim);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, errc::not_found);
}

}  // namespace
}  // namespace dunlin::flight::retrieval
